#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/stats/combination.hpp>
#include <eddy/stats/common_strength.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>
#include <utility>

namespace eddy::stats {
namespace {

constexpr double kCommonRounding = 1e-9;  // a gain of less is none
constexpr double kCommonEdm = 1e-9;       // of half the deviance: Z is good to 1e-9
constexpr double kEqualDeviance = 1e-10;  // rounding of half the deviance, relative
constexpr int kMostProfiles = 100;
constexpr int kMostHalvings = 20;

/// All spectra at one strength, their backgrounds at the best.
struct Profile {
  bool converged = true;
  double strength = 0;
  double half_deviance = 0;
  double slope = 0;      ///< d half_deviance / d strength
  double curvature = 0;  ///< of the expected information; 0 where it cannot be had
  std::vector<std::vector<double>> parameters;

  [[nodiscard]] double edm() const { return curvature > 0 ? 0.5 * slope * slope / curvature : base::kInfinity; }
};

/// `start`: parameters of each spectrum; of their null fits where it is empty.
Profile profile_at(std::span<const SharedSpectrum> spectra, double strength,
                   const std::vector<std::vector<double>>& start) {
  Profile profile{.strength = strength, .parameters = {}};
  for (std::size_t c = 0; c < spectra.size(); ++c) {
    const SharedSpectrum& spectrum = spectra[c];
    const std::size_t j = spectrum.model.background.n_coordinates();
    const BumpMinimum minimum = minimise(spectrum.model, spectrum.data, {strength * spectrum.share, false},
                                         start.empty() ? spectrum.null.point.parameters : start[c]);
    profile.converged = profile.converged && minimum.converged;
    if (!profile.converged) {
      return profile;
    }
    profile.half_deviance += minimum.point.half_deviance;
    profile.slope += spectrum.share * gradient(spectrum.model, spectrum.data, minimum.point)[j];
    const auto covariance = covariance_at(spectrum.model, spectrum.data, minimum.point);
    const double variance = covariance ? (*covariance)(j, j) : 0;
    profile.curvature += variance > 0 ? spectrum.share * spectrum.share / variance : 0;
    profile.parameters.push_back(minimum.point.parameters);
  }
  return profile;
}

/// The next strength: along the secant of the last two slopes, which is the true curvature, else by the expected one.
double next_strength(const Profile& now, const Profile& before) {
  const double secant = (now.slope - before.slope) / (now.strength - before.strength);
  const bool is_sane = std::isfinite(secant) && secant > 0.1 * now.curvature && secant < 10 * now.curvature;
  return now.strength - now.slope / (is_sane ? secant : now.curvature);
}

/// Goes down from `profile` until its estimated distance to the minimum is nothing, or no step goes down.
Profile descend(std::span<const SharedSpectrum> spectra, Profile profile) {
  Profile before = profile;
  for (int n = 0; n < kMostProfiles && profile.edm() > kCommonEdm && profile.curvature > 0; ++n) {
    const double highest = profile.half_deviance + kEqualDeviance * std::max(1.0, profile.half_deviance);
    double to = next_strength(profile, before);
    Profile next;
    bool is_lower = false;
    for (int i = 0; !is_lower && i < kMostHalvings; to = 0.5 * (profile.strength + to), ++i) {
      next = profile_at(spectra, to, profile.parameters);
      is_lower = next.converged && next.half_deviance <= highest;
    }
    if (!is_lower) {
      break;
    }
    before = std::exchange(profile, std::move(next));
  }
  return profile;
}

Profile without_signal(std::span<const SharedSpectrum> spectra) { return profile_at(spectra, 0, {}); }

/// ln Q(a, x) for x > a + 1: the continued fraction of the upper incomplete gamma function (Abramowitz and Stegun
/// 6.5.31), by Lentz's method.
double log_gamma_q(double a, double x) {
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a;
  double c = 1 / kTiny;
  double d = 1 / b;
  double h = d;
  for (int i = 1; i < 1000; ++i) {
    const double an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= c * d;
    if (std::abs(c * d - 1) < 1e-15) {
      break;
    }
  }
  return -x + a * std::log(x) - std::lgamma(a) + std::log(h);
}

double log_binomial(double n, double k) { return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1); }

/// ln of P(chi2 of k >= q).
double log_chi2_tail(double k, double q) {
  return q > 200 + k ? log_gamma_q(0.5 * k, 0.5 * q) : std::log(boost::math::gamma_q(0.5 * k, 0.5 * q));
}

}  // namespace

CommonFit fit_common_strength(std::span<const SharedSpectrum> spectra, double start) {
  CommonFit fit;
  const Profile null = without_signal(spectra);
  if (!null.converged || !(null.curvature > 0)) {
    return fit;
  }
  Profile first = std::isfinite(start) && start != 0 ? profile_at(spectra, start, {}) : null;
  first = first.converged && first.half_deviance < null.half_deviance ? first : null;
  const Profile best = descend(spectra, first);
  fit.converged = best.edm() < std::max(kStalledEdm, 1e-13 * best.half_deviance);
  if (!fit.converged && best.strength <= 0) {  // a deficit that uses up the background of a bin
    fit.converged = fit.at_bound = true;
    fit.strength_error = 1 / std::sqrt(null.curvature);
    return fit;
  }
  fit.strength = best.strength;
  fit.strength_error = best.curvature > 0 ? 1 / std::sqrt(best.curvature) : 0;
  const double gain = 2 * (null.half_deviance - best.half_deviance);
  fit.signed_root = std::copysign(gain > kCommonRounding ? std::sqrt(gain) : 0, best.strength);
  return fit;
}

UpperLimit common_upper_limit(std::span<const SharedSpectrum> spectra, const CommonFit& fit, double confidence_level) {
  std::vector<BumpData> asimov;  // counts equal to the means of the null fits
  for (const SharedSpectrum& spectrum : spectra) {
    asimov.push_back(spectrum.data);
    asimov.back().counts = spectrum.null.point.mean;
  }
  std::vector<SharedSpectrum> expected;
  for (std::size_t c = 0; c < spectra.size(); ++c) {
    expected.push_back({spectra[c].model, asimov[c], spectra[c].null, spectra[c].share});
  }
  const auto profile = [](std::span<const SharedSpectrum> of, double strength) {
    const Profile found = profile_at(of, strength, {});
    if (!found.converged) {
      throw base::NumericError(fmt::format(
          "the background fits of {} spectra with {} events of signal held fixed did not converge, so no limit is "
          "quoted: use fewer parameters or a range with more events",
          of.size(), strength));
    }
    return found.half_deviance;
  };
  const double reference = profile(spectra, std::max(0.0, fit.strength));
  const auto q = [&](double strength) {
    return fit.strength >= strength ? 0.0 : 2 * std::max(0.0, profile(spectra, strength) - reference);
  };
  // Above 0: CLs of a strength that changes nothing is 1, not 0 / 0.
  const auto q_asimov = [&](double strength) { return std::max(1e-300, 2 * profile(expected, strength)); };
  return asymptotic_limit(
      q, q_asimov, std::max(0.0, fit.strength) + 2 * fit.strength_error, confidence_level, [](double searched_to) {
        return fmt::format(
            "the CLs limit was not found below {} events of signal: check that the signal overlaps the bins of the fit",
            searched_to);
      });
}

FreeStrengths combine_free_strengths(std::span<const double> roots) {
  if (roots.empty() || std::ranges::any_of(roots, [](double root) { return std::isnan(root); })) {
    throw base::InputError(
        fmt::format("{} significances cannot be combined: give at least one, and numbers", roots.size()));
  }
  FreeStrengths free{.n = roots.size(), .z = {-base::kInfinity}};
  for (const double root : roots) {
    free.statistic += root > 0 ? root * root : 0;
  }
  if (!(free.statistic > 0)) {
    return free;
  }
  const auto n = static_cast<double>(free.n);
  std::vector<double> logs;
  for (double k = 1; k <= n; ++k) {
    logs.push_back(log_binomial(n, k) - n * std::numbers::ln2 + log_chi2_tail(k, free.statistic));
  }
  const double largest = std::ranges::max(logs);
  double sum = 0;
  for (const double log : logs) {
    sum += std::exp(log - largest);
  }
  const double log_p = largest + std::log(sum);
  free.p = {std::exp(log_p)};
  free.z = significance_of_log(std::min(0.0, log_p));
  return free;
}

}  // namespace eddy::stats
