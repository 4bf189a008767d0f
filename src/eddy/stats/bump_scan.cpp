#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/stats/bump_scan.hpp>
#include <eddy/stats/intervals.hpp>
#include <eddy/stats/standard_normal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace eddy::stats {
namespace {

constexpr std::size_t kToysPerBlock = 8;  // toys per parallel task
constexpr double kLocalRootTie = 1e-5;    // roots closer than this are equal
constexpr double kToleratedFailures = 0.01;

std::vector<BumpModel> models_of(const BumpModel& null, const std::vector<GaussianSignal>& signals,
                                 const MassHistogram& histogram) {
  std::vector<BumpModel> models;
  for (const GaussianSignal& signal : signals) {
    models.push_back({null.background, signal_template(signal, histogram), null.nuisances});
  }
  return models;
}

ScanPoint point_of(const BumpProblem& problem, const BackgroundShape& shape, const GaussianSignal& signal,
                   const BumpMinimum& null) {
  const BumpDiscovery discovery = discover(problem.model, problem.data, null);
  if (!discovery.best.converged) {
    const std::string what = fmt::format("signal and background at mass {}", signal.mean);
    static_cast<void>(quote(problem, shape, discovery.best, what));  // throws the message of a failed fit
  }
  const std::size_t j = problem.model.background.n_coordinates();
  return {signal, discovery.best.point.parameters[j], discovery.strength_error,
          to_p_value({discovery.signed_root}).value, discovery.signed_root};
}

/// What one toy says.
struct ToyOutcome {
  double root = std::numeric_limits<double>::quiet_NaN();           ///< the largest; NaN when a fit failed
  double half_deviance = std::numeric_limits<double>::quiet_NaN();  ///< of background alone; NaN when that failed
};

/// Largest signed root of one toy over the grid, 0 when all masses show a deficit.
double largest_root(const std::vector<BumpModel>& models, const BumpData& toy, const BumpMinimum& null) {
  double largest = 0;
  for (const BumpModel& model : models) {
    const std::size_t j = model.background.n_coordinates();
    const BumpPoint point = evaluate(model, toy, null.point.parameters);
    // The slope of the profile at strength 0: rising means that the best strength is negative.
    if (null.converged && gradient(model, toy, point)[j] >= 0) {
      continue;
    }
    const BumpMinimum best = minimise(model, toy, {std::nullopt, true}, null.point.parameters);
    if (!null.converged || !best.converged) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    largest = std::max(largest, 2 * (null.point.half_deviance - best.point.half_deviance));
  }
  return std::sqrt(largest);
}

ToyOutcome outcome_of(const std::vector<BumpModel>& models, const BumpData& toy, const std::vector<double>& start) {
  const BumpMinimum null = minimise(models.front(), toy, {0, false}, start);
  ToyOutcome outcome{.root = largest_root(models, toy, null)};
  if (null.converged) {
    outcome.half_deviance = null.point.half_deviance;
  }
  return outcome;
}

void add_goodness(const std::vector<ToyOutcome>& toys, double half_deviance, MassScan& scan) {
  const auto fitted = std::ranges::count_if(toys, [](const ToyOutcome& toy) { return !std::isnan(toy.half_deviance); });
  const auto reached =
      std::ranges::count_if(toys, [&](const ToyOutcome& toy) { return toy.half_deviance >= half_deviance; });
  const auto n = static_cast<double>(fitted + 1);
  scan.goodness_p_value = static_cast<double>(reached + 1) / n;
  scan.goodness_p_error = std::sqrt(scan.goodness_p_value * (1 - scan.goodness_p_value) / n);
}

void add_global(const std::vector<BumpModel>& models, const BumpMinimum& null, const base::RandomStream& stream,
                const ScanOptions& options, MassScan& scan) {
  const std::size_t n_toys = options.n_toys;
  const BumpToys toys(models.front(), null.point, stream);
  std::vector<ToyOutcome> outcomes(n_toys);
  base::parallel_blocks(n_toys, kToysPerBlock, [&](std::size_t first, std::size_t last) {
    const base::CpuScope scope(base::CpuStage::kFits);
    for (std::size_t i = first; i < last; ++i) {
      options.monitor.check_stop();
      outcomes[i] = outcome_of(models, toys.draw(i), null.point.parameters);
    }
  });
  const double observed = std::max(0.0, scan.points[scan.best].z);
  const auto reached =
      std::ranges::count_if(outcomes, [&](const ToyOutcome& toy) { return !(toy.root < observed - kLocalRootTie); });
  scan.n_toys = n_toys;
  scan.n_failed_toys = static_cast<std::size_t>(
      std::ranges::count_if(outcomes, [](const ToyOutcome& toy) { return std::isnan(toy.root); }));
  if (static_cast<double>(scan.n_failed_toys) > kToleratedFailures * static_cast<double>(n_toys)) {
    throw base::NumericError(
        fmt::format("{} of {} pseudo-experiments of the mass scan did not converge, so no global p-value is quoted: "
                    "use fewer background parameters or a range with more events",
                    scan.n_failed_toys, n_toys));
  }
  const double n = static_cast<double>(n_toys);
  scan.global_p_value = (static_cast<double>(reached) + 1) / (n + 1);
  scan.global_p_error = std::sqrt(scan.global_p_value * (1 - scan.global_p_value) / (n + 1));
  scan.global_z = to_significance({scan.global_p_value}).z;
  add_goodness(outcomes, null.point.half_deviance, scan);
}

}  // namespace

BumpToys::BumpToys(const BumpModel& model, const BumpPoint& truth, const base::RandomStream& stream,
                   std::uint64_t first_counter)
    : quantiles_(truth.mean.begin(), truth.mean.end()),
      pulls_(truth.parameters.end() - model.nuisances.size(), truth.parameters.end()),
      stream_(stream),
      first_counter_(first_counter) {}

BumpData BumpToys::draw(std::size_t i) const {
  const std::size_t n_bins = quantiles_.size();
  const std::uint64_t counter = first_counter_ + i * (n_bins + pulls_.size());
  BumpData toy{std::vector<double>(n_bins), std::vector<bool>(n_bins, true), pulls_};
  for (std::size_t bin = 0; bin < n_bins; ++bin) {
    toy.counts[bin] = quantiles_[bin](stream_.uniform_at(counter + bin));
  }
  for (std::size_t k = 0; k < pulls_.size(); ++k) {
    toy.centres[k] += normal_at(stream_, counter + n_bins + k);
  }
  return toy;
}

MassScan scan_masses(const MassHistogram& histogram, const BackgroundShape& shape,
                     const std::vector<GaussianSignal>& signals, const base::RandomStream& stream,
                     const ScanOptions& options) {
  if (signals.empty()) {
    throw base::InputError("a mass scan over 0 signals finds nothing: give at least one mass and width");
  }
  check_histogram(histogram);
  const BumpProblem first = make_problem(histogram, shape, signal_template(signals.front(), histogram),
                                         options.nuisances, std::vector<bool>(histogram.n_bins(), true));
  const std::vector<BumpModel> models = models_of(first.model, signals, histogram);
  const BumpMinimum null = minimise(first.model, first.data, {0, false}, starting_point(first.model, first.data));
  MassScan scan;
  scan.null = quote(first, shape, null, "the background");
  for (std::size_t i = 0; i < signals.size(); ++i) {
    scan.points.push_back(point_of({models[i], first.data}, shape, signals[i], null));
  }
  const auto best = std::ranges::max_element(scan.points, {}, &ScanPoint::z);
  scan.best = static_cast<std::size_t>(best - scan.points.begin());
  if (options.n_toys > 0) {
    add_global(models, null, stream, options, scan);
  }
  return scan;
}

}  // namespace eddy::stats
