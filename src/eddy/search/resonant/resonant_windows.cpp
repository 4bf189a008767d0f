#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/bump_background.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/closed_window.hpp>
#include <eddy/search/resonant/bump_points.hpp>
#include <eddy/search/resonant/judged.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>
#include <eddy/search/resonant/resonant_windows.hpp>
#include <eddy/search/validation/learned_sample.hpp>
#include <eddy/search/validation/whole_search.hpp>
#include <eddy/search/validation/window_correction.hpp>
#include <eddy/search/validation/window_tasks.hpp>
#include <eddy/search/window_prediction.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eddy::search {
namespace {

constexpr int kVersion = 2;  // of the task: raised whenever a change of the code changes what a window finds
constexpr const char* kNoWindow =
    "no validation window lies beside the signal region: each needs its width and half as much again inside the fit "
    "range, and 500 events; the correction rests on trainings without signal alone";

constexpr const char* kNoPlace =
    "no validation window is tried: where the closed signal region lies cannot be told from the sidebands";

bool lies_in(stats::MassWindow window, float mass) { return mass >= window.low && mass < window.high; }

/// The data without their signal region, of which nothing here depends on more.
SearchInputs sidebands_of(const SearchInputs& inputs) {
  SearchInputs sidebands = null_inputs_like(inputs);
  sidebands.data = take_events(inputs.data, region_rows(inputs.data, false));
  sidebands.data.truth.clear();
  return sidebands;
}

/// With `window` in the place of the signal region.
SearchInputs inputs_around(const SearchInputs& sidebands, stats::MassWindow window) {
  SearchInputs around = sidebands;
  for (std::size_t i = 0; i < around.data.size(); ++i) {
    around.data.in_signal_region[i] = lies_in(window, around.data.context(i, 0)) ? 1 : 0;
  }
  return around;
}

/// Range and order of the shape as the spectrum without a cut chooses them, which has no signal region either.
BumpHuntSettings settings_without(stats::MassWindow signal_region, const std::vector<float>& masses,
                                  const SearchConfig& config) {
  const std::vector<double> edges = bump_hunt_edges(masses, signal_region, config.bump_hunt);
  BumpHunt all;
  all.spectrum = hunt_spectrum(masses, edges, signal_region, config.bump_hunt);
  const stats::OrderChoice choice = choose_background(all.spectrum, signal_region, config.bump_hunt);
  all.background_shape = choice.shape;
  return settings_after_cut(config, all);
}

/// Where the chain is tried, and how its spectra are fitted.
struct WindowTrial {
  stats::MassWindow window;
  stats::MassWindow closed;
  const BumpHuntSettings& settings;
};

base::Json cut_json(const ScoredSample& scored, double efficiency, const WindowTrial& trial) {
  const WindowPrediction cut =
      predict_window(selected_masses(scored, efficiency), trial.window, trial.closed, trial.settings);
  return {{"observed", cut.observed},    {"predicted", cut.predicted},    {"error", cut.error},
          {"edges", cut.spectrum.edges}, {"counts", cut.spectrum.counts}, {"closed", cut.closed},
          {"order", cut.order}};
}

/// Every cut; null where no fit is possible behind it.
base::Json cuts_of_window(const Search& search, const WindowTrial& trial) {
  ResonantTask task = make_resonant_task(search.inputs, search.config, search.store, search.monitor);
  task.window = trial.window;  // beside a region without events its border could not be told
  const TrainedMethod method = train_configured_method(task);
  const Judged judged = judged_events(task);
  ScoredSample scored = to_be_scored("data", judged.data);
  scored.score = mean_over_retrainings(judge(task, judged, "validation window", method.detectors).data);
  const std::vector<ScoreCalibration> calibrations =
      calibrate_by_fold(scored.score, judged.data.in_signal_region, judged.data_fold, task.n_folds);
  scored.background_efficiency = efficiencies_by_fold(calibrations, scored.score, judged.data_fold);
  return cuts_json(search.config.efficiencies, [&](double efficiency) { return cut_json(scored, efficiency, trial); });
}

}  // namespace

std::vector<stats::MassWindow> windows_beside(stats::MassWindow signal_region, stats::MassWindow range,
                                              const std::vector<float>& masses, std::int64_t n) {
  constexpr std::ptrdiff_t kFewest = 500;
  const double width = signal_region.high - signal_region.low;
  std::vector<stats::MassWindow> windows;
  const auto add = [&](double low) {
    const stats::MassWindow window{low, low + width};
    const auto n_events = std::ranges::count_if(masses, [&](float mass) { return lies_in(window, mass); });
    if (static_cast<std::int64_t>(windows.size()) < n && window.low - width / 2 >= range.low &&
        window.high + width / 2 <= range.high && n_events >= kFewest) {
      windows.push_back(window);
    }
  };
  const auto most = static_cast<std::int64_t>((range.high - range.low) / width) + 1;
  for (std::int64_t i = 0; i < most; ++i) {
    const double steps = static_cast<double>(i) * width;
    add(signal_region.low - width - steps);
    add(signal_region.high + steps);
  }
  return windows;
}

std::optional<stats::SharedShift> spurious_in_windows(const SearchConfig& config,
                                                      const std::vector<ValidationWindow>& windows,
                                                      const ValidatedCut& cut) {
  BumpHuntSettings settings = config.bump_hunt;
  settings.closure = cut.correction.factor;
  settings.closure_error = std::expm1(cut.correction.error);
  std::vector<double> strengths;
  std::vector<double> errors;
  for (const ValidationWindow& window : windows) {
    const WindowCut* found = telling_cut(window, cut.efficiency);
    if (found == nullptr) {
      continue;
    }
    settings.order = found->order;
    try {
      const WindowSignal signal = fit_in_window(found->spectrum, found->closed, {window.low, window.high}, settings);
      strengths.push_back(signal.strength);
      errors.push_back(signal.error);
    } catch (const base::NumericError&) {  // no fit, and nothing to learn
      continue;
    }
  }
  return strengths.empty() ? std::nullopt : std::optional(stats::shared_shift(strengths, errors));
}

TriedWindows try_windows_resonant(const Search& search, const Finding& finding) {
  const SearchConfig& config = search.config;
  if (!finding.signal_window) {
    return {.none = kNoPlace};
  }
  const SearchInputs sidebands = sidebands_of(search.inputs);
  const std::vector<float> masses = first_context(sidebands.data);
  // Of an open region its own events tell the borders, too; windows lie where they did before it was opened.
  const stats::MassWindow closed = closed_window(config, masses).value_or(*finding.signal_window);
  const BumpHuntSettings settings = settings_without(closed, masses, config);
  const std::vector<stats::MassWindow> places =
      windows_beside(closed, {settings.range.front(), settings.range.back()}, masses, config.validation.windows);
  const base::TaskInputs content = content_of(sidebands);
  std::vector<WindowTask> tasks;
  for (const stats::MassWindow place : places) {
    tasks.push_back(
        {.content = content,
         .place = {{"closed", {closed.low, closed.high}}, {"window", {place.low, place.high}}},
         .run = [&settings, place, closed](const Search& trial) {
           const SearchInputs around = inputs_around(trial.inputs, place);
           return cuts_of_window({around, trial.config, trial.store, trial.monitor}, {place, closed, settings});
         }});
  }
  const std::vector<base::Json> found =
      run_window_tasks({sidebands, config, search.store, search.monitor}, kVersion, tasks);
  TriedWindows tried{.axis = search.inputs.contexts.front(), .signal_region = closed, .windows = {}, .none = kNoWindow};
  for (std::size_t i = 0; i < places.size(); ++i) {
    tried.windows.push_back(window_of(places[i].low, places[i].high, config.efficiencies, found[i]));
  }
  return tried;
}

}  // namespace eddy::search
