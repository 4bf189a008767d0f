#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/limits/passing_signal.hpp>
#include <eddy/search/validation/calibration_by_nulls.hpp>
#include <eddy/search/validation/whole_search.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes what an experiment finds.
constexpr int kNullTaskVersion = 4;

/// Z of a cut as a task keeps it: null where no fit gave one, "none" where there is nothing to test.
base::Json stored_z(double z) {
  if (std::isfinite(z)) {
    return z;
  }
  return std::isinf(z) && z < 0 ? base::Json("none") : base::Json(nullptr);
}

/// What one experiment found: the Z of each cut, and what the cut says of a signal.
base::Json run_experiment(const Search& search, const NullGenerator& generator, const base::RandomStream& stream) {
  const SearchConfig config = config_of_experiment(search.config, stream);
  const base::Monitor quiet = search.monitor.only_stop();
  const SearchInputs inputs = generator.draw({{stream.bits_at(1)}, "inputs of a null experiment"});
  const base::TaskStore nothing_kept = search.store.without_writing();
  const SearchRun run = rules_of(config).run({inputs, config, nothing_kept, quiet});
  base::Json points = base::Json::array();
  for (const WorkingPoint& point : run.finding.working_points) {
    points.push_back({{"z", stored_z(point.z)},
                      {"observed", point.observed},
                      {"predicted", std::isfinite(point.predicted) ? base::Json(point.predicted) : base::Json(nullptr)},
                      {"signal", signal_json(passing_signal(point))}});
  }
  return {{"points", std::move(points)}};
}

/// The same, where a search that fails (no convergence, too few events) is a result too.
base::Json attempt_experiment(const Search& search, const NullGenerator& generator, const base::RandomStream& stream) {
  try {
    return run_experiment(search, generator, stream);
  } catch (const base::NumericError& error) {
    return {{"failure", error.what()}};
  } catch (const base::InputError& error) {
    return {{"failure", error.what()}};
  }
}

CalibratedPoint calibrate_point(const WorkingPoint& point, std::size_t p, const std::vector<base::Json>& experiments) {
  CalibratedPoint calibrated{.efficiency = point.efficiency, .observed_z = point.z};
  for (const base::Json& experiment : experiments) {
    if (!experiment.contains("points") || experiment["points"].size() <= p) {
      continue;  // it failed as a whole
    }
    const base::Json& z = experiment["points"][p]["z"];
    if (z.is_number()) {
      calibrated.null_z.push_back(z);
    } else {
      ++(z.is_string() ? calibrated.n_nothing : calibrated.n_without);
    }
  }
  calibrated.moments = stats::null_moments(calibrated.null_z);
  if (calibrated.null_z.size() >= stats::kFewestNullExperiments && std::isfinite(point.z)) {
    calibrated.p = stats::calibrated_p_value(point.z, calibrated.null_z, calibrated.n_nothing);
  }
  return calibrated;
}

void add_global(NullCalibration& calibration) {
  double smallest = 1;
  std::size_t n = 0;
  for (const CalibratedPoint& point : calibration.points) {
    n += std::isfinite(point.observed_z) ? 1 : 0;  // looked at, calibrated or not
    smallest = point.p ? std::min(smallest, point.p->p_value) : smallest;
  }
  if (std::ranges::any_of(calibration.points, [](const CalibratedPoint& point) { return point.p.has_value(); })) {
    calibration.global_p_value = std::min(1.0, smallest * static_cast<double>(n));
    calibration.global_z = stats::to_significance({*calibration.global_p_value}).z;
  }
}

void warn_of_failures(const std::vector<base::Json>& experiments, NullCalibration& calibration) {
  const auto failed = std::ranges::find_if(experiments, [](const base::Json& e) { return e.contains("failure"); });
  if (failed != experiments.end()) {
    calibration.warnings.push_back(fmt::format("{} of {} null experiments failed, the first with: {}",
                                               calibration.n_failed, calibration.n_experiments,
                                               (*failed)["failure"].get<std::string>()));
  }
}

/// Experiments whose fits gave no Z, which may be just those in which it would be large.
void warn_of_missing(NullCalibration& calibration) {
  for (const CalibratedPoint& point : calibration.points) {
    if (point.n_without > 0) {
      calibration.warnings.push_back(
          fmt::format("at efficiency {}, {} of {} null experiments have no Z, because no fit converged there; what the "
                      "others say is not the whole: loosen the cut, or choose a simpler background shape",
                      point.efficiency, point.n_without, calibration.n_experiments - calibration.n_failed));
    }
  }
}

}  // namespace

std::vector<base::Json> null_experiments(const Search& search, const NullGenerator& generator) {
  const auto n = static_cast<std::size_t>(search.config.calibration.experiments);
  const base::Seed seed{static_cast<std::uint64_t>(search.config.search.seed)};
  const base::TaskInputs content = content_of(search.inputs);
  const base::Json settings = settings_of(search.config);
  std::vector<base::Json> found;
  for (std::size_t i = 0; i < n; ++i) {
    search.monitor.progress("null experiments", i, n);
    const std::string name = fmt::format("null experiment/{}", i);
    const base::TaskKey key(content, {{"version", kNullTaskVersion},
                                      {"settings", settings},
                                      {"features", search.config.features.x},
                                      {"source", generator.source},
                                      {"task", name}});
    found.push_back(search.store.get_or_compute(
        "null", key,
        [&] {
          return attempt_experiment(search, generator, {seed, name});
        },
        search.monitor));
  }
  search.monitor.progress("null experiments", n, n);
  return found;
}

NullCalibration calibrate_by_nulls(const Search& search, const NullGenerator& generator,
                                   const std::vector<WorkingPoint>& points) {
  const std::vector<base::Json> experiments = null_experiments(search, generator);
  NullCalibration calibration{.source = generator.source, .n_experiments = experiments.size()};
  calibration.n_failed = static_cast<std::size_t>(
      std::ranges::count_if(experiments, [](const base::Json& e) { return e.contains("failure"); }));
  for (std::size_t p = 0; p < points.size(); ++p) {
    calibration.points.push_back(calibrate_point(points[p], p, experiments));
  }
  add_global(calibration);
  warn_of_failures(experiments, calibration);
  warn_of_missing(calibration);
  return calibration;
}

}  // namespace eddy::search
