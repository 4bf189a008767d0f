#include <eddy/net/adam.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::net {
namespace {

constexpr std::size_t kN = 4 * kRowUnit;
const ActiveParameters kAll{{{0, kN}}, {}};

/// Algorithm 1 of Kingma and Ba (1412.6980) as it is written, in double precision.
struct Reference {
  std::vector<double> m = std::vector<double>(kN), v = std::vector<double>(kN);
  int t = 0;
  void step(double rate, const AlignedVector<float>& g, std::vector<double>& theta) {
    ++t;
    for (std::size_t i = 0; i < kN; ++i) {
      const double gradient = g[i];
      m[i] = 0.9 * m[i] + (1 - 0.9) * gradient;
      v[i] = 0.999 * v[i] + (1 - 0.999) * gradient * gradient;
      const double m_hat = m[i] / (1 - std::pow(0.9, t));
      const double v_hat = v[i] / (1 - std::pow(0.999, t));
      theta[i] -= rate * m_hat / (std::sqrt(v_hat) + 1e-8);
    }
  }
};

/// The gradient of step t: of all scales, falling, of changing sign.
AlignedVector<float> gradient_of(int t) {
  AlignedVector<float> gradient(kN);
  for (std::size_t i = 0; i < kN; ++i) {
    const double scale = std::pow(10.0, static_cast<double>(i % 14) - 10);  // 1e-10 ... 1e3: both sides of epsilon
    gradient[i] = static_cast<float>(scale * std::cos(0.7 * t + static_cast<double>(i)));
  }
  return gradient;
}

TEST(Adam, FollowsTheWrittenOutFormula) {
  Adam adam(kN);
  Reference reference;
  AlignedVector<float> parameters(kN);
  std::vector<double> expected(kN);
  for (int t = 1; t <= 50; ++t) {
    const double rate = 0.1 / t;
    AlignedVector<float> gradient = gradient_of(t);
    reference.step(rate, gradient, expected);
    adam.step(rate, kAll, gradient, parameters);
    for (std::size_t i = 0; i < kN; ++i) {
      // In float32, 1 - 0.999 is too small by 1.3e-5 of itself, so its root makes steps too long by 0.7e-5; they add up
      // to 0.1 (1 + 1/2 + ...) = 0.45 at most. What else is rounded to 24 bits is a tenth of that.
      ASSERT_NEAR(parameters[i], expected[i], 4e-6) << "parameter " << i << " in step " << t;
    }
  }
}

TEST(Adam, TheFirstStepHasTheLengthOfTheRateWhateverTheScale) {
  Adam adam(kN);
  AlignedVector<float> parameters(kN, 1.0F);
  AlignedVector<float> gradient(kN, 1e-3F);
  std::fill_n(gradient.begin(), kRowUnit, -1e6F);
  gradient[20] = 0;
  adam.step(0.01, kAll, gradient, parameters);
  EXPECT_NEAR(parameters[0], 1.01, 1e-6);
  EXPECT_NEAR(parameters[30], 0.99, 1e-6);
  EXPECT_EQ(parameters[20], 1) << "no gradient, no step";
}

TEST(Adam, ClearsTheGradientAndLeavesOtherParametersAlone) {
  Adam adam(kN);
  const ActiveParameters some{{{kRowUnit, 2 * kRowUnit}, {3 * kRowUnit, kN}}, {}};
  AlignedVector<float> parameters(kN, 1.0F);
  for (int t = 0; t < 3; ++t) {
    AlignedVector<float> gradient(kN, 1.0F);
    adam.step(0.1, some, gradient, parameters);
    for (std::size_t i = 0; i < kN; ++i) {
      const bool is_active = i / kRowUnit % 2 == 1;
      EXPECT_EQ(parameters[i] == 1, !is_active) << i;
      EXPECT_TRUE(!is_active || gradient[i] == 0) << i;
    }
  }
}

TEST(Adam, AGradientTooSmallToSquareMovesNothingFar) {
  Adam adam(kN);
  AlignedVector<float> parameters(kN, 1.0F);
  for (int t = 0; t < 10; ++t) {
    AlignedVector<float> gradient(kN, 1e-30F);  // its square is 0 in float32
    adam.step(0.1, kAll, gradient, parameters);
  }
  for (const float parameter : parameters) {
    EXPECT_EQ(parameter, 1) << "1e-30 / (0 + epsilon) is below its rounding";
  }
}

}  // namespace
}  // namespace eddy::net
