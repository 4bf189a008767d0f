#include <eddy/base/error.hpp>
#include <eddy/stats/bump_signal.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace eddy::stats {
namespace {

constexpr double kLeastPeakInside = 0.01;
constexpr double kRounding = 1e-9;  // a deviance of one fit below that of a larger model by this much is equal to it

/// Phi(high) - Phi(low) without cancellation in the tails.
double normal_between(double low, double high) {
  if (low > 0) {
    return normal_between(-high, -low);
  }
  return 0.5 * (std::erfc(-high / std::numbers::sqrt2) - std::erfc(-low / std::numbers::sqrt2));
}

BumpMinimum fit_at(const BumpModel& model, const BumpData& data, double strength, const std::vector<double>& start) {
  return minimise(model, data, {strength, false}, start);
}

/// Half deviance of the best background for one strength.
double profile(const BumpModel& model, const BumpData& data, double strength, const std::vector<double>& start) {
  constexpr double kGoodEnough = 1e-3;  // of a half deviance: moves a limit by less than a thousandth of its error
  const BumpMinimum minimum = fit_at(model, data, strength, start);
  if (!minimum.converged && !(minimum.edm < kGoodEnough)) {
    throw base::NumericError(
        fmt::format("the background fit with a signal strength of {} held fixed did not converge (distance to the "
                    "minimum {:.2g}), so no limit is quoted: use fewer parameters or a range with more events",
                    strength, minimum.edm));
  }
  return minimum.point.half_deviance;
}

/// What background alone is expected to show: counts equal to the means of the null fit, pulls measured there.
BumpData asimov_data(const BumpProblem& problem, const BumpMinimum& null) {
  BumpData data = problem.data;
  data.counts = null.point.mean;
  std::copy_n(null.point.parameters.end() - data.centres.size(), data.centres.size(), data.centres.begin());
  return data;
}

UpperLimit limit_of(const BumpProblem& problem, const BumpMinimum& null, const BumpDiscovery& discovery, double scale,
                    double confidence_level) {
  const std::size_t j = problem.model.background.n_coordinates();
  const BumpData asimov = asimov_data(problem, null);
  const double best_strength = discovery.best.point.parameters[j];
  // q~mu compares with the best fit at strength >= 0.
  const BumpPoint& reference = best_strength > 0 ? discovery.best.point : null.point;
  const auto q = [&](double strength) {
    if (best_strength >= strength) {
      return 0.0;
    }
    const double value = profile(problem.model, problem.data, strength, reference.parameters);
    return 2 * std::max(0.0, value - reference.half_deviance);
  };
  const auto q_asimov = [&](double strength) {
    // Above 0: CLs of a strength that changes nothing is 1, not 0 / 0.
    return std::max(1e-300, 2 * profile(problem.model, asimov, strength, null.point.parameters));
  };
  return asymptotic_limit(q, q_asimov, scale, confidence_level, [](double searched_to) {
    return fmt::format(
        "the CLs limit was not found below a signal strength of {}: check that the signal template overlaps "
        "the bins of the fit",
        searched_to);
  });
}

void require_separable(const BumpSignal& result) {
  if (!(result.strength_error > 0) || !std::isfinite(result.strength_error)) {
    throw base::NumericError(
        fmt::format("the error of the signal strength is {}: signal and background cannot be told apart, so use a "
                    "narrower signal, a wider fit range or fewer background parameters",
                    result.strength_error));
  }
}

/// Whether a negative signal takes nearly all background out of a bin.
bool background_is_used_up(const BumpPoint& point, std::size_t j) {
  constexpr double kLeft = 1e-3;
  for (std::size_t i = 0; i < point.mean.size(); ++i) {
    if (point.parameters[j] < 0 && point.mean[i] < kLeft * point.background[i]) {
      return true;
    }
  }
  return false;
}

/// Error of the strength at the null fit, where the fit with signal has none to quote; 0 when undetermined.
double error_at(const BumpModel& model, const BumpData& data, const BumpMinimum& null) {
  const std::size_t j = model.background.n_coordinates();
  const std::optional<base::SymmetricMatrix> covariance = covariance_at(model, data, null.point);
  return covariance ? std::sqrt((*covariance)(j, j)) : 0;
}

void require_signal(const std::vector<double>& signal) {
  if (!(std::accumulate(signal.begin(), signal.end(), 0.0) > 0)) {
    throw base::InputError(fmt::format(
        "the signal template of {} bins is empty: give the expected events per unit of signal", signal.size()));
  }
}

}  // namespace

std::vector<double> signal_template(const GaussianSignal& signal, const MassHistogram& histogram) {
  check_binning(histogram);
  if (!std::isfinite(signal.mean) || !(signal.width > 0) || std::isinf(signal.width)) {
    throw base::InputError(
        fmt::format("a Gaussian signal needs a finite mean and a width above 0 but has {} and {}: give both in the "
                    "unit of the mass",
                    signal.mean, signal.width));
  }
  std::vector<double> fractions;
  for (std::size_t i = 0; i < histogram.n_bins(); ++i) {
    fractions.push_back(normal_between((histogram.edges[i] - signal.mean) / signal.width,
                                       (histogram.edges[i + 1] - signal.mean) / signal.width));
  }
  const double inside = std::accumulate(fractions.begin(), fractions.end(), 0.0);
  if (inside < kLeastPeakInside) {
    throw base::InputError(
        fmt::format("only {:.2g} of the signal at {} +- {} lies in the fit range {} to {}: move one or the other",
                    inside, signal.mean, signal.width, histogram.edges.front(), histogram.edges.back()));
  }
  return fractions;
}

BumpDiscovery discover(const BumpModel& model, const BumpData& data, const BumpMinimum& null) {
  const std::size_t j = model.background.n_coordinates();
  BumpDiscovery discovery;
  discovery.best = minimise(model, data, {}, null.point.parameters);
  discovery.at_bound = discovery.best.converged && background_is_used_up(discovery.best.point, j);
  if (!discovery.best.converged) {
    discovery.best = minimise(model, data, {std::nullopt, true}, null.point.parameters);
    discovery.at_bound = discovery.best.converged && discovery.best.point.parameters[j] <= 0;
  }
  if (!discovery.best.converged) {
    return discovery;
  }
  discovery.strength_error =
      discovery.at_bound ? error_at(model, data, null) : std::sqrt(discovery.best.covariance(j, j));
  const double gain = 2 * (null.point.half_deviance - discovery.best.point.half_deviance);
  const double root = gain > kRounding ? std::sqrt(gain) : 0;
  discovery.signed_root = std::copysign(root, discovery.best.point.parameters[j]);
  return discovery;
}

BumpSignal fit_signal(const MassHistogram& histogram, const BackgroundShape& shape, const std::vector<double>& signal,
                      const BumpSignalOptions& options) {
  const BumpProblem problem =
      make_problem(histogram, shape, signal, options.nuisances, std::vector<bool>(histogram.n_bins(), true));
  require_signal(signal);
  const auto& [model, data] = problem;
  const BumpMinimum null = fit_at(model, data, 0, starting_point(model, data));
  BumpSignal result;
  result.null = quote(problem, shape, null, "the background");
  const BumpDiscovery discovery = discover(model, data, null);
  result.best = quote(problem, shape, discovery.best, "signal and background");
  const std::size_t j = model.background.n_coordinates();
  result.strength = result.best.parameters[j];
  result.at_bound = discovery.at_bound;
  result.strength_error = discovery.strength_error;
  require_separable(result);
  const double root = discovery.signed_root;
  result.q0 = root > 0 ? root * root : 0;
  result.p_value = to_p_value({root}).value;
  result.z = root;
  result.limit = limit_of(problem, null, discovery, result.strength_error, options.confidence_level);
  return result;
}

}  // namespace eddy::stats
