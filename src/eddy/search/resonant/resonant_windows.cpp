#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/search/bump_background.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/resonant/bump_points.hpp>
#include <eddy/search/resonant/judged.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>
#include <eddy/search/resonant/resonant_windows.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/learned_sample.hpp>
#include <eddy/search/validation/whole_search.hpp>
#include <eddy/search/window_prediction.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eddy::search {
namespace {

constexpr int kVersion = 2;  // of the task: raised whenever a change of the code changes what a window finds
constexpr const char* kProgress = "validation windows";

bool lies_in(stats::MassWindow window, float mass) { return mass >= window.low && mass < window.high; }

/// The data without their signal region, and `window` in its place.
SearchInputs inputs_around(const SearchInputs& inputs, stats::MassWindow window) {
  SearchInputs around = null_inputs_like(inputs);
  around.data = take_events(inputs.data, region_rows(inputs.data, false));
  around.data.truth.clear();
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
  all.order_steps = choice.steps;
  all.shape = stats::describe(choice.shape);
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
base::Json cuts_json(const Search& search, const WindowTrial& trial) {
  ResonantTask task = make_resonant_task(search.inputs, search.config, search.store, search.monitor);
  task.window = trial.window;  // beside a region without events its border could not be told
  const TrainedMethod method = train_configured_method(task);
  const Judged judged = judged_events(task);
  ScoredSample scored = to_be_scored("data", judged.data);
  scored.score = mean_over_retrainings(judge(task, judged, "validation window", method.detectors).data);
  const std::vector<ScoreCalibration> calibrations =
      calibrate_by_fold(scored.score, judged.data.in_signal_region, judged.data_fold, task.n_folds);
  scored.background_efficiency = efficiencies_by_fold(calibrations, scored.score, judged.data_fold);
  base::Json cuts = base::Json::array();
  for (const double efficiency : search.config.efficiencies) {
    base::Json found = found_or_failure([&] { return cut_json(scored, efficiency, trial); });
    cuts.push_back(found.contains("failure") ? base::Json(nullptr) : std::move(found));
  }
  return {{"cuts", std::move(cuts)}};
}

base::Json try_window(const Search& search, const WindowTrial& trial, const base::RandomStream& stream) {
  const SearchConfig config = config_of_experiment(with_fewer_flows(search.config), stream);
  const base::Monitor quiet = search.monitor.only_stop();
  const base::TaskStore nothing_kept = search.store.without_writing();
  return found_or_failure([&] { return cuts_json({search.inputs, config, nothing_kept, quiet}, trial); });
}

ValidationWindow window_of(stats::MassWindow place, const std::vector<double>& efficiencies, const base::Json& found) {
  ValidationWindow window{.low = place.low, .high = place.high, .cuts = {}, .failure = {}};
  if (found.contains("failure")) {
    window.failure = found["failure"];
    return window;
  }
  for (std::size_t c = 0; c < efficiencies.size(); ++c) {
    const base::Json& cut = found["cuts"].at(c);
    if (!cut.is_null()) {
      window.cuts.push_back({.efficiency = efficiencies[c],
                             .observed = cut["observed"],
                             .predicted = cut["predicted"],
                             .predicted_error = cut["error"],
                             .spectrum = {.edges = cut["edges"].get<std::vector<double>>(),
                                          .counts = cut["counts"].get<std::vector<double>>()},
                             .closed = cut["closed"].get<std::vector<bool>>(),
                             .order = cut["order"]});
    }
  }
  return window;
}

base::TaskKey key_of(const Search& search, const WindowTrial& trial, const std::string& name) {
  return {content_of(search.inputs), base::Json{{"version", kVersion},
                                                {"settings", settings_of(search.config, {"calibration", "validation"})},
                                                {"features", search.config.features.x},
                                                {"closed", {trial.closed.low, trial.closed.high}},
                                                {"window", {trial.window.low, trial.window.high}},
                                                {"task", name}}};
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
    const auto found = std::ranges::find(window.cuts, cut.efficiency, &WindowCut::efficiency);
    if (found == window.cuts.end() || found->predicted < kFewestInWindow) {
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

std::vector<ValidationWindow> try_windows_resonant(const Search& search, const Finding& finding) {
  const SearchConfig& config = search.config;
  const stats::MassWindow closed = finding.signal_window.value();
  const std::vector<float> masses =
      first_context(take_events(search.inputs.data, region_rows(search.inputs.data, false)));
  const BumpHuntSettings settings = settings_without(closed, masses, config);
  const std::vector<stats::MassWindow> places =
      windows_beside(closed, {settings.range.front(), settings.range.back()}, masses, config.validation.windows);
  const std::size_t n = places.size();
  std::vector<SearchInputs> inputs;
  std::vector<base::TaskKey> keys;
  for (std::size_t i = 0; i < n; ++i) {
    inputs.push_back(inputs_around(search.inputs, places[i]));
    keys.push_back(key_of({inputs[i], config, search.store, search.monitor}, {places[i], closed, settings},
                          fmt::format("validation window/{}", i)));
  }
  search.store.plan(kProgress, "window", keys);
  std::vector<base::Json> found(n);
  base::for_each_task(n, search.store, base::AtOnce::kOne, [&](std::size_t i, const base::TaskStore& store) {
    search.monitor.progress(kProgress, i, n);
    const base::RandomStream stream(seed_of(config), fmt::format("validation window/{}", i));
    const auto compute = [&] {
      return try_window({inputs[i], config, store, search.monitor}, {places[i], closed, settings}, stream);
    };
    found[i] = store.get_or_compute("window", keys[i], compute, search.monitor);
  });
  search.monitor.progress(kProgress, n, n);
  std::vector<ValidationWindow> windows;
  for (std::size_t i = 0; i < n; ++i) {
    windows.push_back(window_of(places[i], config.efficiencies, found[i]));
  }
  return windows;
}

}  // namespace eddy::search
