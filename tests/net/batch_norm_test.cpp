#include "net/finite_difference.hpp"

#include <eddy/base/random.hpp>
#include <eddy/net/batch_norm.hpp>
#include <eddy/net/dense.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::net {
namespace {

constexpr std::size_t kFeatures = 3;
constexpr std::size_t kSamples = kPanel + 9;  // the second panel is partly padding
constexpr std::size_t kPanels = 2;
constexpr std::size_t kSize = kPanels * kFeatures * kPanel;

std::size_t place(std::size_t sample, std::size_t feature) {
  return (sample / kPanel * kFeatures + feature) * kPanel + sample % kPanel;
}

/// A batch in double precision, and a loss that weights outputs and log-Jacobian at random.
struct Batch {
  Batch() : parameters(norm.n_parameters()), x(kSize), d_y(kSize), d_log_jacobian(kPanels * kPanel) {
    base::RandomStream stream({51}, "batch");
    for (std::size_t f = 0; f < kFeatures; ++f) {
      parameters[f] = 0.3 * stream.normal();
      parameters[norm.n_parameters() / 4 + f] = stream.normal();
    }
    for (std::size_t s = 0; s < kSamples; ++s) {
      d_log_jacobian[s] = stream.normal();
      for (std::size_t f = 0; f < kFeatures; ++f) {
        x[place(s, f)] = 5 * static_cast<double>(f) + (1 + static_cast<double>(f)) * stream.normal();
        d_y[place(s, f)] = stream.normal();
      }
    }
  }
  void forward() {
    y = x;
    log_jacobian.assign(kPanels * kPanel, 0);
    normalised.assign(kSize, 0);
    saved.assign(norm.n_saved(), 0);
    norm.forward_training(parameters.data(), kSamples, y.data(), log_jacobian.data(), normalised.data(), saved.data());
  }
  double loss() {
    forward();
    return std::inner_product(d_y.begin(), d_y.end(), y.begin(), 0.0) +
           std::inner_product(d_log_jacobian.begin(), d_log_jacobian.end(), log_jacobian.begin(), 0.0);
  }
  /// How `loss` changes with `number`, which is left as it was.
  double slope(double& number) {
    const double at = number;
    const double slope = test::derivative(
        [&](double value) {
          number = value;
          return loss();
        },
        at);
    number = at;
    return slope;
  }

  BatchNorm norm{kFeatures};
  AlignedVector<double> parameters, x, d_y, d_log_jacobian, y, log_jacobian, normalised, saved;
};

TEST(BatchNorm, GradientsMatchFiniteDifferences) {
  Batch batch;
  batch.forward();
  AlignedVector<double> d = batch.d_y;
  AlignedVector<double> gradient(batch.parameters.size(), 0.5);  // is added to
  batch.norm.backward(batch.parameters.data(), kSamples, batch.normalised.data(), batch.saved.data(),
                      batch.d_log_jacobian.data(), d.data(), gradient.data());
  for (std::size_t f = 0; f < kFeatures; ++f) {
    for (const std::size_t i : {f, batch.norm.n_parameters() / 4 + f}) {
      EXPECT_NEAR(gradient[i] - 0.5, batch.slope(batch.parameters[i]), 1e-8 * (1 + std::abs(gradient[i]))) << i;
    }
    for (std::size_t s = 0; s < kSamples; ++s) {
      EXPECT_NEAR(d[place(s, f)], batch.slope(batch.x[place(s, f)]), 1e-8) << "sample " << s << " feature " << f;
    }
  }
  for (std::size_t i = batch.norm.n_parameters() / 2; i < gradient.size(); ++i) {
    EXPECT_EQ(gradient[i], 0.5) << "mean and variance are not trained";
  }
}

TEST(BatchNorm, OutputsHaveTheMomentsThatItsParametersSay) {
  Batch batch;
  batch.forward();
  for (std::size_t f = 0; f < kFeatures; ++f) {
    double mean = 0;
    double variance = 0;
    for (std::size_t s = 0; s < kSamples; ++s) {
      mean += batch.y[place(s, f)] / kSamples;
    }
    for (std::size_t s = 0; s < kSamples; ++s) {
      variance += std::pow(batch.y[place(s, f)] - mean, 2) / kSamples;
    }
    EXPECT_NEAR(mean, batch.parameters[batch.norm.n_parameters() / 4 + f], 1e-12);
    // The epsilon of 1e-5 beside a variance of 0.5 at least.
    EXPECT_NEAR(variance / std::exp(2 * batch.parameters[f]), 1, 2e-5);
  }
}

TEST(BatchNorm, PaddingChangesNothing) {
  Batch batch;
  batch.forward();
  const AlignedVector<double> y = batch.y;
  for (std::size_t s = kSamples; s < kPanels * kPanel; ++s) {
    for (std::size_t f = 0; f < kFeatures; ++f) {
      batch.x[place(s, f)] = 1e6;
    }
  }
  batch.forward();
  for (std::size_t s = 0; s < kSamples; ++s) {
    for (std::size_t f = 0; f < kFeatures; ++f) {
      EXPECT_EQ(batch.y[place(s, f)], y[place(s, f)]);
    }
  }
}

TEST(BatchNorm, WithTheConstantsOfABatchItDoesWhatTrainingDid) {
  Batch batch;
  const AlignedVector<float> x(batch.x.begin(), batch.x.end());
  AlignedVector<float> parameters(batch.parameters.begin(), batch.parameters.end());
  AlignedVector<float> trained = x, used = x, normalised(kSize), saved(batch.norm.n_saved());
  AlignedVector<float> of_training(kPanels * kPanel), of_use(kPanels * kPanel);
  batch.norm.forward_training(parameters.data(), kSamples, trained.data(), of_training.data(), normalised.data(),
                              saved.data());
  batch.norm.set_constants(kSamples, x.data(), parameters);
  batch.norm.forward(parameters.data(), kPanels, used.data(), of_use.data());
  AlignedVector<float> back = used;
  batch.norm.inverse(parameters.data(), kPanels, back.data());
  for (std::size_t s = 0; s < kSamples; ++s) {
    EXPECT_NEAR(of_use[s], of_training[s], 1e-5);
    for (std::size_t f = 0; f < kFeatures; ++f) {
      const std::size_t i = place(s, f);
      const auto line = batch.norm.line(parameters.data(), f);
      EXPECT_NEAR(used[i], trained[i], 1e-5);  // values of order 10 in 24 bits
      EXPECT_NEAR(back[i], x[i], 1e-5);
      EXPECT_NEAR(used[i], line.slope * x[i] + line.offset, 1e-6);
      EXPECT_NEAR(line.log_slope, std::log(line.slope), 1e-6);
    }
  }
}

TEST(BatchNorm, AFreshOneIsTheIdentityAndTrainsScaleAndShiftAlone) {
  const BatchNorm norm(kFeatures);
  AlignedVector<float> parameters(norm.n_parameters(), 9.0F), mask(norm.n_parameters(), 9.0F);
  norm.initialise(parameters);
  norm.fill_mask(mask);
  EXPECT_EQ(std::ranges::count(mask, 1.0F), 2 * static_cast<std::ptrdiff_t>(kFeatures));
  EXPECT_EQ(std::ranges::count(mask, 0.0F), static_cast<std::ptrdiff_t>(norm.n_parameters() - 2 * kFeatures));
  AlignedVector<float> x(kFeatures * kPanel, 2.0F), log_jacobian(kPanel, 0.25F);
  norm.forward(parameters.data(), 1, x.data(), log_jacobian.data());
  for (const float value : x) {
    EXPECT_NEAR(value, 2, 2e-5);  // 1 / sqrt(1 + 1e-5)
  }
  EXPECT_NEAR(log_jacobian[5], 0.25 - 3 * 0.5e-5, 1e-6);
  norm.forward(parameters.data(), 1, x.data(), static_cast<float*>(nullptr));  // no Jacobian is wanted
}

TEST(BatchNorm, AFeatureWithoutSpreadStaysFinite) {
  const BatchNorm norm(1);
  AlignedVector<float> parameters(norm.n_parameters());
  for (const std::size_t n : {std::size_t{1}, kPanel}) {
    AlignedVector<float> x(kPanel, 1e6F), d(kPanel, 1.0F), normalised(kPanel), saved(norm.n_saved());
    AlignedVector<float> gradient(norm.n_parameters());
    norm.forward_training(parameters.data(), n, x.data(), static_cast<float*>(nullptr), normalised.data(),
                          saved.data());
    norm.backward(parameters.data(), n, normalised.data(), saved.data(), static_cast<const float*>(nullptr), d.data(),
                  gradient.data());
    for (std::size_t s = 0; s < n; ++s) {
      EXPECT_EQ(x[s], 0);
      EXPECT_EQ(d[s], 0) << "moving all events alike changes nothing";
    }
    EXPECT_EQ(gradient[norm.n_parameters() / 4], static_cast<float>(n)) << "the shift alone";
  }
}

}  // namespace
}  // namespace eddy::net
