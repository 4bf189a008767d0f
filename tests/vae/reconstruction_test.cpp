#include "check_throws.hpp"
#include "net/finite_difference.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/net/aligned.hpp>
#include <eddy/net/kernels/kernels.hpp>
#include <eddy/vae/reconstruction.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace eddy::vae {
namespace {

using net::AlignedVector;
using net::kPanel;

constexpr std::size_t kFeatures = 3;

struct Panel {
  Panel() : output(kFeatures * kPanel), x(output.size()), weight(kPanel), loss(kPanel), d_output(output.size()) {
    base::RandomStream stream({1}, "panel");
    for (std::size_t i = 0; i < output.size(); ++i) {
      output[i] = 2 * stream.normal();
      x[i] = stream.uniform();
    }
    for (double& w : weight) {
      w = stream.uniform();
    }
    weight[7] = 0;
  }
  void compute(Reconstruction kind) {
    reconstruction_loss(kind, kFeatures, output.data(), x.data(), weight.data(), loss.data(), d_output.data());
  }
  AlignedVector<double> output, x, weight, loss, d_output;
};

class ReconstructionLoss : public ::testing::TestWithParam<Reconstruction> {};

TEST_P(ReconstructionLoss, is_the_sum_over_features_times_the_weight) {
  Panel panel;
  panel.compute(GetParam());
  for (std::size_t s = 0; s < kPanel; ++s) {
    double expected = 0;
    for (std::size_t i = s; i < panel.x.size(); i += kPanel) {
      const double p = 1 / (1 + std::exp(-panel.output[i]));
      expected += GetParam() == Reconstruction::kSquaredError
                      ? std::pow(panel.output[i] - panel.x[i], 2)
                      : -panel.x[i] * std::log(p) - (1 - panel.x[i]) * std::log(1 - p);
    }
    EXPECT_NEAR(panel.loss[s], panel.weight[s] * expected, 1e-13 * (1 + expected)) << "sample " << s;
  }
}

TEST_P(ReconstructionLoss, derivative_matches_finite_differences) {
  Panel panel;
  panel.compute(GetParam());
  const AlignedVector<double> given = panel.d_output;
  for (std::size_t i = 0; i < panel.output.size(); ++i) {
    const double at = panel.output[i];
    const auto f = [&](double value) {
      panel.output[i] = value;
      panel.compute(GetParam());
      return panel.loss[i % kPanel];
    };
    // Smooth: error of order step^4 = 1e-16 and rounding 1e-16 * loss / step = 1e-11.
    EXPECT_NEAR(given[i], test::derivative(f, at), 1e-10) << "output " << i;
    panel.output[i] = at;
  }
}

TEST_P(ReconstructionLoss, a_sample_of_weight_0_has_no_part) {
  Panel panel;
  panel.compute(GetParam());
  EXPECT_EQ(panel.loss[7], 0.0);
  for (std::size_t f = 0; f < kFeatures; ++f) {
    EXPECT_EQ(panel.d_output[f * kPanel + 7], 0.0) << "feature " << f;
  }
}

TEST_P(ReconstructionLoss, has_a_name) {
  EXPECT_EQ(parse_reconstruction(std::string(to_string(GetParam()))), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Kinds, ReconstructionLoss,
                         ::testing::Values(Reconstruction::kSquaredError, Reconstruction::kCrossEntropy));

TEST(ReconstructionLoss, cross_entropy_of_extreme_logits_is_finite) {
  Panel panel;
  const std::size_t s = 3;
  panel.weight[s] = 1;
  for (std::size_t f = 0; f < kFeatures; ++f) {
    panel.output[f * kPanel + s] = f == 1 ? -800 : 800;  // exp(800) overflows
    panel.x[f * kPanel + s] = f == 0 ? 1 : 0;
  }
  panel.compute(Reconstruction::kCrossEntropy);
  EXPECT_EQ(panel.loss[s], 800.0);  // only the third is wrong: log(1 + exp(800)) = 800
  EXPECT_EQ(panel.d_output[2 * kPanel + s], 1.0);
}

TEST(ReconstructionLoss, an_unknown_name_is_refused) {
  test::expect_throws_with<base::InputError>([] { (void)parse_reconstruction("mae"); }, "'mae'", "use mse");
}

}  // namespace
}  // namespace eddy::vae
