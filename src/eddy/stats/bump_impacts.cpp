#include <eddy/base/error.hpp>
#include <eddy/stats/bump_fit.hpp>
#include <eddy/stats/bump_impacts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace eddy::stats {
namespace {

/// A fit of signal and background, and where the strength stands among its parameters.
struct StrengthFit {
  BumpModel model;
  BumpData data;
  BumpMinimum best;
  std::size_t at = 0;

  [[nodiscard]] double strength() const { return best.point.parameters[at]; }
  [[nodiscard]] double pull(std::size_t k) const { return best.point.parameters[at + 1 + k]; }
  [[nodiscard]] double error(std::size_t parameter) const { return std::sqrt(best.covariance(parameter, parameter)); }
};

StrengthFit fit_strength(const MassHistogram& histogram, const BackgroundShape& shape,
                         const std::vector<double>& signal, const std::vector<LogNormalNuisance>& nuisances) {
  BumpProblem problem = make_problem(histogram, shape, signal, nuisances, std::vector<bool>(histogram.n_bins(), true));
  StrengthFit fit{std::move(problem.model), std::move(problem.data), {}, 0};
  fit.at = fit.model.background.n_coordinates();
  const BumpMinimum null = minimise(fit.model, fit.data, {0, false}, starting_point(fit.model, fit.data));
  fit.best = minimise(fit.model, fit.data, {}, null.point.parameters);
  if (!fit.best.converged || !(fit.error(fit.at) > 0)) {
    throw base::NumericError(
        fmt::format("signal and background have no fit (distance to the minimum {:.2g}), so that nothing can be said "
                    "of what moves the signal",
                    fit.best.edm));
  }
  return fit;
}

/// The strength with the pull of nuisance k held at `pull`: what it multiplies by is then certain.
double strength_with(const StrengthFit& fit, std::size_t k, double pull) {
  constexpr double kCertain = 1e-12;
  BumpModel model = fit.model;
  LogNormalNuisance& held = model.nuisances[k];
  held.factor *= std::pow(1 + held.relative_size, pull);
  held.relative_size = kCertain;
  std::vector<double> start = fit.best.point.parameters;
  start[fit.at + 1 + k] = 0;
  const BumpMinimum minimum = minimise(model, fit.data, {}, std::move(start));
  return minimum.converged ? minimum.point.parameters[fit.at] : std::numeric_limits<double>::quiet_NaN();
}

Impact impact_of_nuisance(const StrengthFit& fit, std::size_t k) {
  const double pull = fit.pull(k);
  const double error = fit.error(fit.at + 1 + k);
  return {.nuisance = fit.model.nuisances[k].name,
          .low = strength_with(fit, k, pull - error) - fit.strength(),
          .high = strength_with(fit, k, pull + error) - fit.strength(),
          .pull = pull,
          .pull_error = error};
}

/// Variance of the strength where everything else is known: 1 / sum (d mean / d strength)^2 / mean.
double poisson_variance(const StrengthFit& fit) {
  const std::size_t n_parameters = fit.best.point.parameters.size();
  double information = 0;
  for (std::size_t i = 0; i < fit.best.point.mean.size(); ++i) {
    const double slope = fit.best.point.jacobian[i * n_parameters + fit.at];
    information += slope * slope / fit.best.point.mean[i];
  }
  return 1 / information;
}

Impact impact_of_shape(const StrengthFit& fit, const std::vector<Impact>& nuisances) {
  const double error = fit.error(fit.at);
  double rest = error * error - poisson_variance(fit);
  for (const Impact& impact : nuisances) {
    rest -= size_of(impact) * size_of(impact);
  }
  const double shift = std::sqrt(std::max(0.0, rest));
  return {.nuisance = kShapeImpact, .low = -shift, .high = shift};
}

}  // namespace

std::vector<Impact> bump_impacts(const MassHistogram& histogram, const BackgroundShape& shape,
                                 const std::vector<double>& signal, const std::vector<LogNormalNuisance>& nuisances) {
  const StrengthFit fit = fit_strength(histogram, shape, signal, nuisances);
  std::vector<Impact> impacts;
  for (std::size_t k = 0; k < nuisances.size(); ++k) {
    impacts.push_back(impact_of_nuisance(fit, k));
  }
  impacts.push_back(impact_of_shape(fit, impacts));
  std::ranges::stable_sort(impacts, std::ranges::greater{}, size_of);
  return impacts;
}

}  // namespace eddy::stats
