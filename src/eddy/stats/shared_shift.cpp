#include <eddy/stats/shared_shift.hpp>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>

namespace eddy::stats {
namespace {

struct WeightedMean {
  double value = 0;
  double weight = 0;          ///< sum of 1 / variance
  double squared_weight = 0;  ///< sum of 1 / variance^2
};

/// With `variance` added to those of the errors.
WeightedMean weighted_mean(std::span<const double> values, std::span<const double> errors, double variance) {
  WeightedMean mean;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double weight = 1 / (errors[i] * errors[i] + variance);
    mean.value += weight * values[i];
    mean.weight += weight;
    mean.squared_weight += weight * weight;
  }
  mean.value /= mean.weight;
  return mean;
}

double chi2_about(double centre, std::span<const double> values, std::span<const double> errors) {
  double chi2 = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double pull = (values[i] - centre) / errors[i];
    chi2 += pull * pull;
  }
  return chi2;
}

double scatter_variance(std::span<const double> differences, std::span<const double> errors) {
  constexpr double kChance = 0.05;
  if (differences.size() < 2) {
    return 0;
  }
  const WeightedMean mean = weighted_mean(differences, errors, 0);
  const auto half_freedom = 0.5 * static_cast<double>(differences.size() - 1);
  const double by_chance = 2 * boost::math::gamma_q_inv(half_freedom, kChance);
  const double excess = chi2_about(mean.value, differences, errors) - by_chance;
  return std::max(0.0, excess / (mean.weight - mean.squared_weight / mean.weight));
}

}  // namespace

SharedShift shared_shift(std::span<const double> differences, std::span<const double> errors) {
  assert(differences.size() == errors.size());
  if (differences.empty()) {
    return {};
  }
  const double variance = scatter_variance(differences, errors);
  const WeightedMean mean = weighted_mean(differences, errors, variance);
  const double mean_variance = 1 / mean.weight;
  const double kept = std::max(0.0, 1 - mean_variance / (mean.value * mean.value));
  return {.mean = mean.value,
          .mean_error = std::sqrt(mean_variance),
          .scatter = std::sqrt(variance),
          .p_value = boost::math::gamma_q(0.5 * static_cast<double>(differences.size()),
                                          0.5 * chi2_about(0, differences, errors)),
          .applied = kept * mean.value,
          .error = std::sqrt(kept * mean_variance + variance)};
}

}  // namespace eddy::stats
