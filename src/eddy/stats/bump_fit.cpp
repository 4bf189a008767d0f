#include <eddy/base/error.hpp>
#include <eddy/stats/bump_fit.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numeric>

namespace eddy::stats {
namespace {

/// d (quoted parameters, strength, pulls) / d (coordinates, strength, pulls), row-major.
std::vector<double> quoted_jacobian(const BumpModel& model, std::size_t n) {
  const std::size_t n_shape = model.background.n_coordinates();
  const std::vector<double>& transform = model.background.to_quoted();
  std::vector<double> jacobian(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    jacobian[i * n + i] = 1;
  }
  for (std::size_t i = 0; i < n_shape; ++i) {
    for (std::size_t j = 0; j < n_shape; ++j) {
      jacobian[i * n + j] = transform[i * n_shape + j];
    }
  }
  return jacobian;
}

FitQuality quality_of(const BumpProblem& problem, const BumpMinimum& minimum) {
  const auto& [model, data] = problem;
  FitQuality quality;
  quality.deviance = 2 * minimum.point.half_deviance;
  for (std::size_t i = 0; i < data.counts.size(); ++i) {
    const double mean = minimum.point.mean[i];
    quality.chi2 += data.fitted[i] ? (data.counts[i] - mean) * (data.counts[i] - mean) / mean : 0;
  }
  const auto bins = static_cast<std::size_t>(std::ranges::count(data.fitted, true));
  const auto free = static_cast<std::size_t>(std::ranges::count(minimum.free, true)) - model.nuisances.size();
  quality.n_dof = bins - free;
  if (quality.n_dof > 0) {
    quality.goodness_of_fit = boost::math::gamma_q(0.5 * static_cast<double>(quality.n_dof), 0.5 * quality.deviance);
  }
  return quality;
}

std::vector<std::string> names_of(const BumpModel& model, const BackgroundShape& shape) {
  std::vector<std::string> names = parameter_names(shape);
  names.emplace_back("signal");
  for (const LogNormalNuisance& nuisance : model.nuisances) {
    names.push_back(nuisance.name);
  }
  return names;
}

void require_converged(const BumpProblem& problem, const BackgroundShape& shape, const BumpMinimum& minimum,
                       const std::string& what) {
  if (minimum.converged) {
    return;
  }
  double events = 0;
  for (std::size_t i = 0; i < problem.data.counts.size(); ++i) {
    events += problem.data.fitted[i] ? problem.data.counts[i] : 0;
  }
  throw base::NumericError(fmt::format(
      "the fit of {} ({}) to {} bins with {} events did not converge (distance to the minimum {:.2g} after "
      "{} steps): use fewer parameters or a range with more events",
      what, describe(shape), std::ranges::count(problem.data.fitted, true), events, minimum.edm, minimum.n_iterations));
}

BumpMinimum fit_without_signal(const BumpProblem& problem) {
  return minimise(problem.model, problem.data, {}, starting_point(problem.model, problem.data));
}

void check_bins_suffice(const std::vector<bool>& fitted, std::size_t n_free) {
  const auto n_fitted = static_cast<std::size_t>(std::ranges::count(fitted, true));
  if (n_fitted < n_free) {
    throw base::InputError(
        fmt::format("{} bins cannot determine {} parameters: use finer bins, a wider fit range or a lower order",
                    n_fitted, n_free));
  }
}

/// Covariance of the means in `range` at the minimum.
base::SymmetricMatrix covariance_of_means(const BumpMinimum& minimum, BinRange range) {
  const std::size_t n = minimum.point.parameters.size();
  const std::span<const double> jacobian(minimum.point.jacobian);
  return propagate(jacobian.subspan(range.first * n, (range.last - range.first) * n), minimum.covariance);
}

}  // namespace

BumpProblem make_problem(const MassHistogram& histogram, const BackgroundShape& shape, std::vector<double> signal,
                         std::vector<LogNormalNuisance> nuisances, std::vector<bool> fitted) {
  check_histogram(histogram);
  std::vector<double> weights(histogram.n_bins());
  double events = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {  // counts that are not fitted must not enter: they may be blind
    weights[i] = fitted[i] ? histogram.counts[i] + 1 : 0;
    events += fitted[i] ? histogram.counts[i] : 0;
  }
  if (events <= 0) {
    throw base::InputError(
        fmt::format("the {} bins of the fit hold no events: widen the fit range or loosen the selection",
                    std::ranges::count(fitted, true)));
  }
  const std::size_t n_free = n_parameters(shape) + (signal.empty() ? 0 : 1);
  check_bins_suffice(fitted, n_free);
  BumpProblem problem{{BinnedShape(shape, histogram.edges, weights), std::move(signal), std::move(nuisances)},
                      {histogram.counts, std::move(fitted), {}}};
  problem.data.centres.resize(problem.model.nuisances.size());
  check_model(problem.model);
  return problem;
}

BumpFit quote(const BumpProblem& problem, const BackgroundShape& shape, const BumpMinimum& minimum,
              const std::string& what) {
  require_converged(problem, shape, minimum, what);
  const std::size_t n = minimum.point.parameters.size();
  const std::vector<double> jacobian = quoted_jacobian(problem.model, n);
  BumpFit fit;
  fit.names = names_of(problem.model, shape);
  for (std::size_t i = 0; i < n; ++i) {
    fit.parameters.push_back(std::inner_product(minimum.point.parameters.begin(), minimum.point.parameters.end(),
                                                jacobian.begin() + i * n, 0.0));
  }
  fit.covariance = propagate(jacobian, minimum.covariance);
  fit.mean = minimum.point.mean;
  fit.background = minimum.point.background;
  for (std::size_t i = 0; i < fit.mean.size(); ++i) {
    fit.pulls.push_back((problem.data.counts[i] - fit.mean[i]) / std::sqrt(fit.mean[i]));
  }
  fit.quality = quality_of(problem, minimum);
  const auto shape_end = minimum.free.begin() + problem.model.background.n_coordinates();
  fit.n_at_bound = static_cast<std::size_t>(std::count(minimum.free.begin(), shape_end, false));
  fit.n_iterations = minimum.n_iterations;
  fit.edm = minimum.edm;
  return fit;
}

BumpFit fit_background(const MassHistogram& histogram, const BackgroundShape& shape,
                       const std::vector<LogNormalNuisance>& nuisances) {
  const BumpProblem problem =
      make_problem(histogram, shape, {}, nuisances, std::vector<bool>(histogram.n_bins(), true));
  return quote(problem, shape, fit_without_signal(problem), "the background");
}

SidebandPrediction predict_from_sidebands(const MassHistogram& histogram, const BackgroundShape& shape,
                                          MassWindow signal_region, const std::vector<LogNormalNuisance>& nuisances,
                                          const std::vector<bool>& closed) {
  check_histogram(histogram);
  const BinRange range = bins_of(histogram, signal_region);
  std::vector<bool> fitted(histogram.n_bins(), true);
  std::fill(fitted.begin() + range.first, fitted.begin() + range.last, false);
  for (std::size_t bin = 0; bin < closed.size(); ++bin) {
    fitted[bin] = fitted[bin] && !closed[bin];
  }
  const BumpProblem problem = make_problem(histogram, shape, {}, nuisances, std::move(fitted));
  const BumpMinimum minimum = fit_without_signal(problem);
  SidebandPrediction prediction;
  prediction.fit = quote(problem, shape, minimum, "the sidebands");
  prediction.signal_region = range;
  prediction.expected.assign(minimum.point.mean.begin() + range.first, minimum.point.mean.begin() + range.last);
  prediction.covariance = covariance_of_means(minimum, range);
  prediction.total = std::accumulate(prediction.expected.begin(), prediction.expected.end(), 0.0);
  const auto& covariance = prediction.covariance.values;
  prediction.total_error = std::sqrt(std::accumulate(covariance.begin(), covariance.end(), 0.0));
  return prediction;
}

}  // namespace eddy::stats
