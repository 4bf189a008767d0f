#include <eddy/base/error.hpp>
#include <eddy/stats/mixture_share.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace eddy::stats {
namespace {

/// p / q - 1 of each event. Beyond exp(±600) a ratio is as good as none or all.
std::vector<double> excess_of(std::span<const double> log_ratio) {
  constexpr double kLargest = 600;
  std::vector<double> excess;
  for (std::size_t i = 0; i < log_ratio.size(); ++i) {
    if (std::isnan(log_ratio[i])) {
      throw base::InputError(
          fmt::format("the ratio of two densities is not a number for event {} of {}; their flows "
                      "have learned too little for it",
                      i, log_ratio.size()));
    }
    excess.push_back(std::expm1(std::clamp(log_ratio[i], -kLargest, kLargest)));
  }
  return excess;
}

/// ln(L(w) / L(0)).
double log_likelihood(const std::vector<double>& excess, double w) {
  double sum = 0;
  for (const double e : excess) {
    sum += std::log1p(w * e);
  }
  return sum;
}

double slope(const std::vector<double>& excess, double w) {
  double sum = 0;
  for (const double e : excess) {
    sum += e / (1 + w * e);
  }
  return sum;
}

/// Where a function that is positive at `in` and not at `out` changes its sign.
double bisect(double in, double out, const std::function<bool(double)>& is_positive) {
  constexpr int kSteps = 60;  // to the last digit of 1
  for (int i = 0; i < kSteps; ++i) {
    const double middle = 0.5 * (in + out);
    (is_positive(middle) ? in : out) = middle;
  }
  return in;
}

double best_share(const std::vector<double>& excess) {
  if (slope(excess, 0) <= 0) {
    return 0;
  }
  if (slope(excess, 1) >= 0) {
    return 1;
  }
  return bisect(0, 1, [&](double w) { return slope(excess, w) > 0; });
}

}  // namespace

MixtureShare fit_mixture_share(std::span<const double> log_ratio) {
  if (log_ratio.empty()) {
    throw base::InputError("the share of a density in a mixture has no events to be told from; give it some");
  }
  const std::vector<double> excess = excess_of(log_ratio);
  MixtureShare found{.share = best_share(excess), .low = 0, .high = 1};
  const double least = log_likelihood(excess, found.share) - 0.5;
  const auto is_likely = [&](double w) { return log_likelihood(excess, w) > least; };
  found.low = is_likely(0) ? 0 : bisect(found.share, 0, is_likely);
  found.high = is_likely(1) ? 1 : bisect(found.share, 1, is_likely);
  return found;
}

}  // namespace eddy::stats
