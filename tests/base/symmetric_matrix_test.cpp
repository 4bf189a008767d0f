#include <eddy/base/symmetric_matrix.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace eddy::base {
namespace {

SymmetricMatrix example() {  // units of 1e-6 and 1e6 side by side
  SymmetricMatrix m(3);
  m.values = {4e-12, 1, 2e-6, 1, 9e12, 1e6, 2e-6, 1e6, 5};
  return m;
}

TEST(Cholesky, inverse_times_matrix_is_one) {
  const SymmetricMatrix m = example();
  const Cholesky decomposition(m);
  ASSERT_TRUE(decomposition.positive_definite());
  const SymmetricMatrix inverse = decomposition.inverse();
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        sum += m(i, k) * inverse(k, j);
      }
      const double unit = std::sqrt(m(i, i) / m(j, j));  // of element (i, j) of the product
      EXPECT_NEAR(sum / unit, i == j ? 1 : 0, 1e-14) << i << " " << j;
    }
  }
}

TEST(Cholesky, recognises_what_has_no_inverse) {
  SymmetricMatrix singular(2);
  singular.values = {1, 2, 2, 4};
  EXPECT_FALSE(Cholesky(singular).positive_definite());
  singular.values = {1, 3, 3, 4};
  EXPECT_FALSE(Cholesky(singular).positive_definite());
  singular.values = {1, 0, 0, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_FALSE(Cholesky(singular).positive_definite());
}

TEST(Propagate, is_the_variance_of_a_linear_combination) {
  SymmetricMatrix covariance(2);
  covariance.values = {4, 1, 1, 9};
  const std::vector<double> jacobian{1, 1, 1, -1, 0, 2};
  const SymmetricMatrix result = propagate(jacobian, covariance);
  EXPECT_DOUBLE_EQ(result(0, 0), 15);  // 4 + 9 + 2
  EXPECT_DOUBLE_EQ(result(1, 1), 11);  // 4 + 9 - 2
  EXPECT_DOUBLE_EQ(result(0, 1), -5);  // 4 - 9
  EXPECT_DOUBLE_EQ(result(2, 2), 36);
  EXPECT_DOUBLE_EQ(result(2, 0), 20);  // 2 (1 + 9)
}

}  // namespace
}  // namespace eddy::base
