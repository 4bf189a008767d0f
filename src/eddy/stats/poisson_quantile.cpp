#include <eddy/base/error.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

namespace eddy::stats {
namespace {

constexpr double kNegligible = 1e-20;  // of the largest probability: below the resolution of a uniform double

/// Counts around the mode, outwards until the probability is negligible: relative probabilities and the first count.
struct Window {
  double first = 0;
  std::vector<double> probability;
};

Window window_around_mode(double mean) {
  const double mode = std::floor(mean);
  std::vector<double> below;
  double p = 1;
  for (double k = mode; k > 0 && p * k / mean > kNegligible; --k) {
    p *= k / mean;
    below.push_back(p);
  }
  Window window{mode - static_cast<double>(below.size()), {below.rbegin(), below.rend()}};
  p = 1;
  for (double k = mode; p > kNegligible; ++k) {
    window.probability.push_back(p);
    p *= mean / (k + 1);
  }
  return window;
}

double cornish_fisher(double mean, double u) {
  const double z = -std::numbers::sqrt2 * boost::math::erfc_inv(2 * u);
  const double sigma = std::sqrt(mean);
  const double x = mean + sigma * z + (z * z - 1) / 6 + (z - z * z * z) / (72 * sigma);
  return std::max(0.0, std::round(x));
}

}  // namespace

PoissonQuantile::PoissonQuantile(double mean) : mean_(mean) {
  if (!(mean >= 0) || std::isinf(mean)) {
    throw base::InputError(
        fmt::format("a Poisson mean must be finite and not negative but is {}: check the counts it comes from", mean));
  }
  if (mean > kExactMean) {
    return;
  }
  Window window = window_around_mode(mean);
  first_ = window.first;
  cumulative_ = std::move(window.probability);
  double sum = 0;
  for (double& value : cumulative_) {
    sum += value;
    value = sum;
  }
  for (double& value : cumulative_) {
    value /= sum;
  }
}

double PoissonQuantile::operator()(double u) const {
  if (cumulative_.empty()) {
    return cornish_fisher(mean_, u);
  }
  const auto found = std::lower_bound(cumulative_.begin(), cumulative_.end() - 1, u);
  return first_ + static_cast<double>(found - cumulative_.begin());
}

}  // namespace eddy::stats
