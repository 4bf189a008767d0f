#include <eddy/search/calibration.hpp>
#include <eddy/search/evidence/bump.hpp>
#include <eddy/search/resonant/bump_points.hpp>
#include <eddy/search/resonant/judged.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>
#include <eddy/search/resonant/resonant_validation.hpp>
#include <eddy/search/validation/chain_validation.hpp>

#include <cmath>

namespace eddy::search {
namespace {

/// One fold is trained and judges, and nothing is made but counts and predictions.
SearchConfig quick_config(const SearchConfig& config) {
  SearchConfig quick = config;
  quick.folds.score = "one";
  quick.bump_hunt.scan_points = 0;
  quick.bump_hunt.toys = 0;
  return quick;
}

std::vector<float> efficiencies_of(const ScoredSample& fresh) {
  const std::vector<std::uint8_t> fold(fresh.size(), 0);
  return efficiencies_by_fold(calibrate_by_fold(fresh.score, fresh.in_signal_region, fold, 1), fresh.score, fold);
}

}  // namespace

std::vector<FreshCount> count_fresh_resonant(const Search& search, const Sample& fresh, const FreshFactors& factors) {
  const SearchConfig config = quick_config(search.config);
  const ResonantTask task = make_resonant_task(search.inputs, config, search.store, search.monitor);
  const TrainedMethod method = train_configured_method(task);
  const std::vector<std::uint8_t> fold(fresh.size(), 0);
  ScoredSample scored = to_be_scored("data", fresh);
  scored.score =
      mean_over_retrainings(out_of_fold_scores(method.detectors, fresh, fold, search.monitor, "fresh events"));
  scored.background_efficiency = efficiencies_of(scored);
  // Range and order of the shape are those that data of the real size would choose.
  const Search quick{search.inputs, config, search.store, search.monitor};
  const BumpHunt all = hunt_without_cut(quick, first_context(search.inputs.data), task.window);
  const BumpHuntSettings settings = settings_after_cut(config, all);
  std::vector<FreshCount> counts;
  for (const double efficiency : config.efficiencies) {
    const BumpHunt hunt =
        hunt_behind_cut(quick, selected_masses(scored, efficiency), task.window, efficiency, settings);
    counts.push_back({.observed = hunt.observed * factors.beside / factors.inside,
                      .predicted = hunt.prediction ? hunt.prediction->total : kNoNumber});
  }
  return counts;
}

void correct_resonant(const Search& search, const Finding& finding, WorkingPoint& point) {
  const auto& all = std::get<BumpHunt>(finding.working_points.front().evidence);
  BumpHuntSettings settings = settings_after_cut(search.config, all);
  settings.closure = point.correction.factor;
  settings.closure_error = std::hypot(settings.closure_error, std::expm1(point.correction.error));
  settings.spurious = point.correction.spurious;
  set_numbers(point, hunt_behind_cut(search, selected_masses(finding.data, point.efficiency), *finding.signal_window,
                                     point.efficiency, settings));
}

}  // namespace eddy::search
