#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/stats/common_scan.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::stats {
namespace {

double share_of(const SignalShares& shares, const FittedCategory& category) {
  return shares.share.empty() ? 1 : shares.share[category.number];
}

/// No fit: no significance either.
CommonPoint no_point(bool has_failed) { return {.z = -base::kInfinity, .has_failed = has_failed}; }

CommonPoint free_point(std::span<const FittedCategory> fitted) {
  std::vector<double> roots;
  CommonPoint point{.n_categories = fitted.size()};
  for (const FittedCategory& category : fitted) {
    roots.push_back(category.point.z);
    point.strength += std::max(0.0, category.point.strength);
  }
  const FreeStrengths free = combine_free_strengths(roots);
  point.z = free.z.z;
  point.p_value = free.p.value;
  return point;
}

/// The strength that the categories have on average: where the fit of all of them begins.
double mean_strength(const SignalShares& shares, std::span<const FittedCategory> fitted) {
  double strength = 0;
  double weight = 0;
  for (const FittedCategory& category : fitted) {
    const double share = share_of(shares, category);
    const double error = category.point.strength_error;
    strength += error > 0 ? share * category.point.strength / (error * error) : 0;
    weight += error > 0 ? share * share / (error * error) : 0;
  }
  return weight > 0 ? strength / weight : 0;
}

/// What no common strength above 0 exceeds: each category gains at most what a strength of its own does.
double largest_shared_root(const SignalShares& shares, std::span<const FittedCategory> fitted) {
  double q = 0;
  for (const FittedCategory& category : fitted) {
    q += category.point.z > 0 && share_of(shares, category) > 0 ? category.point.z * category.point.z : 0;
  }
  return std::sqrt(q);
}

}  // namespace

CommonPoint common_point(const SignalShares& shares, std::span<const FittedCategory> fitted) {
  if (fitted.empty()) {
    return no_point(false);
  }
  if (shares.share.empty()) {
    return free_point(fitted);
  }
  std::vector<SharedSpectrum> spectra;
  for (const FittedCategory& category : fitted) {
    if (const double share = share_of(shares, category); share > 0) {
      spectra.push_back({*category.model, *category.data, *category.null, share});
    }
  }
  if (spectra.empty()) {
    return no_point(false);
  }
  const CommonFit fit = fit_common_strength(spectra, mean_strength(shares, fitted));
  if (!fit.converged) {
    return no_point(true);
  }
  return {.n_categories = spectra.size(),
          .strength = fit.strength,
          .strength_error = fit.strength_error,
          .z = fit.signed_root,
          .p_value = to_p_value({fit.signed_root}).value};
}

double largest_common_z(const SignalShares& shares, std::span<const std::vector<FittedCategory>> fitted, double least) {
  double largest = -base::kInfinity;
  for (const std::vector<FittedCategory>& of_mass : fitted) {
    const bool may_reach = shares.share.empty() || !(least > 0) || largest_shared_root(shares, of_mass) >= least;
    if (may_reach && !(largest >= least)) {
      const CommonPoint point = common_point(shares, of_mass);
      largest = point.has_failed ? base::kInfinity : std::max(largest, point.z);
    }
  }
  return largest;
}

void require_shares(const std::vector<SignalShares>& all, std::size_t n) {
  for (const SignalShares& shares : all) {
    double sum = 0;
    for (const double share : shares.share) {
      if (!(share >= 0) || std::isinf(share)) {
        throw base::InputError(fmt::format("the signal '{}' has the share {} in a category: give numbers, 0 or above",
                                           shares.name, share));
      }
      sum += share;
    }
    if (!shares.share.empty() && (shares.share.size() != n || sum == 0)) {
      throw base::InputError(
          fmt::format("the signal '{}' has {} shares that sum to {} for {} categories: give one for each, not all 0",
                      shares.name, shares.share.size(), sum, n));
    }
  }
}

}  // namespace eddy::stats
