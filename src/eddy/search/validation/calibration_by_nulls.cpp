#include <eddy/base/json.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/limits/passing_signal.hpp>
#include <eddy/search/validation/calibration_by_nulls.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace eddy::search {
namespace {

/// The experiments calibrate the search with its corrections.
NullExperiments calibration_experiments(const SearchConfig& config) {
  return {.name = "null experiment",
          .progress = "null experiments",
          .n = config.calibration.experiments,
          .version = 6,
          .without_sections = {"calibration"},
          .with = {{"warm epochs", config.first_flows ? config.calibration.warm_epochs : 0}}};
}

/// Z of a cut as a task keeps it: null where no fit gave one, "none" where there is nothing to test.
base::Json stored_z(double z) {
  if (std::isfinite(z)) {
    return z;
  }
  return std::isinf(z) && z < 0 ? base::Json("none") : base::Json(nullptr);
}

/// NaN where no cut could be fitted.
double z_of_best_cut(const LossSpace& space) { return space.cuts ? space.cuts->cuts[space.cuts->best].z : kNoNumber; }

/// What one experiment found: the Z of each cut, and what the cut says of a signal.
base::Json search_without_signal(const Search& experiment, const NullGenerator& generator,
                                 const std::vector<Correction>& corrections) {
  SearchRun run = generator.search ? generator.search(experiment) : rules_of(experiment.config).run(experiment);
  apply_corrections(experiment, corrections, run.finding);
  base::Json points = base::Json::array();
  for (const WorkingPoint& point : run.finding.working_points) {
    points.push_back({{"z", stored_z(point.z)},
                      {"observed", point.observed},
                      {"predicted", std::isfinite(point.predicted) ? base::Json(point.predicted) : base::Json(nullptr)},
                      {"signal", signal_json(passing_signal(point))}});
  }
  base::Json found = {{"points", std::move(points)}};
  if (run.finding.loss_space) {
    found["best_cut"] = {{"z", stored_z(z_of_best_cut(*run.finding.loss_space))}};
  }
  return found;
}

/// `z_of`: the stored Z of an experiment; null where it failed as a whole.
CalibratedPoint calibrate(double efficiency, double observed_z, const std::vector<base::Json>& experiments,
                          const std::function<const base::Json*(const base::Json&)>& z_of) {
  CalibratedPoint calibrated{.efficiency = efficiency, .observed_z = observed_z};
  for (const base::Json& experiment : experiments) {
    const base::Json* stored = z_of(experiment);
    if (stored == nullptr) {
      continue;
    }
    const base::Json& z = *stored;
    if (z.is_number()) {
      calibrated.null_z.push_back(z);
    } else {
      ++(z.is_string() ? calibrated.n_nothing : calibrated.n_without);
    }
  }
  calibrated.moments = stats::null_moments(calibrated.null_z);
  if (calibrated.null_z.size() >= stats::kFewestNullExperiments && std::isfinite(observed_z)) {
    calibrated.p = stats::calibrated_p_value(observed_z, calibrated.null_z, calibrated.n_nothing);
  }
  return calibrated;
}

CalibratedPoint calibrate_point(const WorkingPoint& point, std::size_t p, const std::vector<base::Json>& experiments) {
  return calibrate(point.efficiency, point.z, experiments, [p](const base::Json& experiment) {
    const bool has_it = experiment.contains("points") && experiment["points"].size() > p;
    return has_it ? &experiment["points"][p]["z"] : nullptr;
  });
}

/// What the best of all cuts would be worth, had it been the search: each experiment takes its own best.
std::optional<CalibratedPoint> calibrate_best_cut(const Finding& finding, const std::vector<base::Json>& experiments) {
  if (!finding.loss_space || !finding.loss_space->cuts) {
    return std::nullopt;
  }
  return calibrate(kNoNumber, z_of_best_cut(*finding.loss_space), experiments, [](const base::Json& experiment) {
    return experiment.contains("best_cut") ? &experiment["best_cut"]["z"] : nullptr;
  });
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

/// Flows begin with those that the search trained for itself: it did not show them its signal region.
SearchConfig with_first_flows(const SearchConfig& config) {
  SearchConfig warm = config;
  warm.first_flows = config.calibration.warm_epochs > 0 ? std::move(warm.trained_flows) : nullptr;
  warm.trained_flows = nullptr;
  return warm;
}

}  // namespace

std::vector<base::Json> null_experiments(const Search& search, const NullGenerator& generator, const Finding& finding) {
  const std::vector<Correction> corrections = corrections_of(finding.validation);
  const SearchConfig config = with_first_flows(search.config);
  const Search beginning{search.inputs, config, search.store, search.monitor};
  return run_null_experiments(beginning, generator, calibration_experiments(config),
                              [&](const Search& experiment, const base::RandomStream& /*stream*/) {
                                return search_without_signal(experiment, generator, corrections);
                              });
}

NullCalibration calibrate_by_nulls(const Search& search, const NullGenerator& generator, const Finding& finding) {
  const std::vector<base::Json> experiments = null_experiments(search, generator, finding);
  NullCalibration calibration{.source = generator.source, .n_experiments = experiments.size()};
  calibration.n_failed = count_failures(experiments);
  for (std::size_t p = 0; p < finding.working_points.size(); ++p) {
    calibration.points.push_back(calibrate_point(finding.working_points[p], p, experiments));
  }
  calibration.best_cut = calibrate_best_cut(finding, experiments);
  add_global(calibration);
  if (const std::string warning = warning_of_failures(experiments, "null experiments"); !warning.empty()) {
    calibration.warnings.push_back(warning);
  }
  warn_of_missing(calibration);
  return calibration;
}

}  // namespace eddy::search
