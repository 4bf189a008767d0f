#include <eddy/net/kernels/simd.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace eddy::net {
namespace {

TEST(Simd, exponential_keeps_its_stated_accuracy) {
  for (double x = -87; x <= 87; x += 0.0137) {
    const auto xf = static_cast<float>(x);
    const Vec<float> y = exponential<float>(broadcast(xf));
    // 2e-7 relative, about 3 ULP of float32, as the docstring says.
    EXPECT_NEAR(y[0] / std::exp(static_cast<double>(xf)), 1.0, 2e-7) << "x = " << x;
  }
}

TEST(Simd, exponential_saturates_to_finite_positive_numbers) {
  for (const float x : {-1e30F, -200.0F, 200.0F, 1e30F}) {
    const float y = exponential<float>(broadcast(x))[0];
    EXPECT_TRUE(std::isfinite(y) && y > 0) << x << " -> " << y;
  }
}

TEST(Simd, logarithm_keeps_its_stated_accuracy) {
  for (double exponent = -80; exponent <= 80; exponent += 0.0119) {
    const auto x = static_cast<float>(std::exp(exponent));
    const double exact = std::log(static_cast<double>(x));
    EXPECT_NEAR(logarithm<float>(broadcast(x))[0], exact, 1e-7 * (1 + std::abs(exact))) << "x = " << x;
  }
}

TEST(Simd, softplus_and_sigmoid_agree_with_the_formulae) {
  for (float x = -30; x <= 30; x += 0.37F) {
    EXPECT_NEAR(softplus<float>(broadcast(x))[0], std::log1p(std::exp(static_cast<double>(x))),
                3e-7 * (1 + std::abs(x)));
    EXPECT_NEAR(sigmoid<float>(broadcast(x))[0], 1 / (1 + std::exp(-static_cast<double>(x))), 2e-7);
  }
}

TEST(Simd, every_lane_gives_what_a_single_value_gives) {
  Vec<float> x;
  for (std::size_t i = 0; i < kLanes<float>; ++i) {
    x[i] = 0.3F * static_cast<float>(i) - 1.7F;
  }
  const Vec<float> y = softplus<float>(x);
  for (std::size_t i = 0; i < kLanes<float>; ++i) {
    EXPECT_EQ(y[i], softplus<float>(broadcast(static_cast<float>(x[i])))[0]);
  }
}

}  // namespace
}  // namespace eddy::net
