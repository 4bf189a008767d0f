#include <eddy/search/argos.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/evidence/bump.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/resonant/bump_points.hpp>
#include <eddy/search/resonant/judged.hpp>
#include <eddy/search/resonant/resonant.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>
#include <eddy/search/resonant/shown_sidebands.hpp>
#include <eddy/search/resonant/signal_fraction.hpp>
#include <eddy/search/resonant/template_events.hpp>
#include <eddy/search/resonant/weighted_spectrum.hpp>
#include <eddy/search/scorer.hpp>
#include <eddy/search/search_record.hpp>
#include <eddy/search/working_point.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace eddy::search {
namespace {

std::string space_title(SpaceKind kind) { return kind == SpaceKind::kXPrime ? "x′" : to_string(kind); }

std::string title_of(const SearchConfig& config) {
  const std::string title = method_title(config.search.method);
  return title == "idealized" ? fmt::format("idealized ({})", space_title(parse_space(config.classifier.space)))
                              : title;
}

/// The method's own benchmarks, where labels and samples allow: each with its name.
std::vector<std::pair<std::string, TrainedMethod>> train_benchmarks(const ResonantTask& task) {
  std::vector<std::pair<std::string, TrainedMethod>> benchmarks;
  const auto add = [&](const std::string& name, const std::function<TrainedMethod()>& train) {
    if (name != title_of(task.config)) {
      benchmarks.emplace_back(name, train());
    }
  };
  if (task.inputs.benchmark_background.size() == 0) {
    return benchmarks;
  }
  if (task.truth.signal.size() > 0) {
    add("supervised", [&] { return train_supervised(task); });
  }
  add("idealized (x)", [&] { return train_idealized(task, SpaceKind::kX); });
  if (needs_flow(task.config)) {
    add("idealized (z)", [&] { return train_idealized(task, SpaceKind::kZ); });
  }
  return benchmarks;
}

void fill_scores(const std::vector<ScoreCalibration>& calibrations, const std::vector<std::uint8_t>& fold,
                 std::vector<float> scores, ScoredSample& sample) {
  sample.score = std::move(scores);
  sample.background_efficiency = efficiencies_by_fold(calibrations, sample.score, fold);
}

WorkingPoint make_working_point(const std::vector<ScoreCalibration>& calibrations, const ScoredSample& data,
                                double efficiency, const BumpHunt& hunt) {
  WorkingPoint point = efficiency < 1 ? cut_at(calibrations, efficiency)
                                      : WorkingPoint{.efficiency = efficiency, .realised_efficiency = 1};
  set_numbers(point, hunt);
  count_truth(data, point);
  return point;
}

void hunt_bumps(const Search& search, const std::vector<ScoreCalibration>& calibrations, Finding& out) {
  const std::vector<double>& cuts = search.config.efficiencies;
  const stats::MassWindow window = *out.signal_window;
  const BumpHunt all = hunt_without_cut(search, selected_masses(out.data, 1), window);
  out.working_points.push_back(make_working_point(calibrations, out.data, 1, all));
  const BumpHuntSettings settings = settings_after_cut(search.config, all);
  for (const double efficiency : cuts) {
    search.monitor.check_stop();
    search.monitor.progress("bump hunt", out.working_points.size(), cuts.size() + 1);
    const BumpHunt hunt = hunt_behind_cut(search, selected_masses(out.data, efficiency), window, efficiency, settings);
    out.working_points.push_back(make_working_point(calibrations, out.data, efficiency, hunt));
  }
  search.monitor.progress("bump hunt", cuts.size() + 1, cuts.size() + 1);
}

void collect_warnings(const std::vector<ScoreCalibration>& calibrations, Finding& out) {
  warn_of_sideband_gate(out);
  for (const WorkingPoint& point : out.working_points) {
    const RealisedCut cut = point.efficiency < 1 ? realised_cut(calibrations, point.efficiency) : RealisedCut{};
    const std::string ties = tie_warning(cut, point.efficiency, "the data in the signal region");
    if (!ties.empty()) {
      out.warnings.push_back(ties);
    }
    warn_of_failures(point, out.warnings);
  }
}

/// Of the method's own score, by background as the method models it.
void add_argos(const ResonantTask& task, const Judged& judged, const TrainedMethod& method, Finding& out) {
  const TemplateEvents unseen = template_events(task, method);
  const std::vector<float> score =
      mean_over_retrainings(out_of_fold_scores(method.detectors, unseen.events, unseen.fold, task.monitor, "template"));
  const std::vector<std::uint8_t> is_reference(score.size(), 1);
  const std::vector<ScoreCalibration> calibrations = calibrate_by_fold(score, is_reference, unseen.fold, task.n_folds);
  out.argos = argos_of(efficiencies_by_fold(calibrations, out.data.score, judged.data_fold), out.data.in_signal_region,
                       calibrations, {unseen.name, effective_reference(calibrations, 1)}, seed_of(task));
}

void add_benchmarks(const ResonantTask& task, const Judged& judged, std::vector<JudgedMethod>& methods) {
  for (const auto& [name, benchmark] : train_benchmarks(task)) {
    methods.push_back(judge(task, judged, name, benchmark.detectors));
  }
}

void evaluate_methods(const ResonantTask& task, const Judged& judged, const std::vector<JudgedMethod>& methods,
                      Finding& out) {
  if (judged.signal.size() > 0 && !judged.data.truth.empty()) {
    for (const JudgedMethod& method : methods) {
      out.evaluations.push_back(evaluate_method(task, judged, method));
    }
  }
}

bool has_sidebands(const Judged& judged) { return std::ranges::count(judged.data.in_signal_region, 0) > 0; }

}  // namespace

SearchRun run_resonant(const Search& search) {
  const auto& [inputs, config, store, monitor] = search;
  // 1. Train: every fold of the data gets detectors that never see it.
  const ResonantTask task = make_resonant_task(inputs, config, store, monitor);
  const TrainedMethod method = train_configured_method(task);
  const Judged judged = judged_events(task);
  SearchRun run;
  Finding& out = run.finding;
  describe_search(config, inputs, out);
  describe_method(task, judged, out);
  out.signal_window = task.window;
  out.training = method.flows.training;
  // 2. Score all data, in the signal region and the sidebands; a cut keeps a fraction of the signal-region data.
  std::vector<JudgedMethod> methods = {judge(task, judged, title_of(config), method.detectors)};
  out.data = to_be_scored("data", judged.data);
  std::vector<float> score = mean_over_retrainings(methods.front().data);
  const std::vector<ScoreCalibration> calibrations =
      calibrate_by_fold(score, judged.data.in_signal_region, judged.data_fold, task.n_folds);
  fill_scores(calibrations, judged.data_fold, std::move(score), out.data);
  if (method.detectors.front().front().background) {
    out.data.latent = held_out_latent(method.detectors, judged.data, judged.data_fold);
    record_clipped(method.flows.flows.front().front().count_clipped(inputs.data.x, inputs.data.context), inputs,
                   "the range of the sidebands", monitor, out);
    if (!config.numbers_only) {
      describe_by("the latent gate", out.warnings,
                  [&] { out.gate = sideband_gate(task, judged.data, out.data.latent); });
    }
  }
  if (method.learns_signal) {
    describe_by("the fraction of signal", out.warnings,
                [&] { out.signal_fraction = estimate_signal_fraction(method.detectors, judged, task.window); });
  }
  if (!config.numbers_only && !method_of(config).paper.empty()) {
    describe_by("ARGOS", out.warnings, [&] { add_argos(task, judged, method, out); });
  }
  // 3. The bump hunt in what passes.
  if (has_sidebands(judged)) {
    hunt_bumps(search, calibrations, out);
  }
  if (has_sidebands(judged) && !config.numbers_only) {
    describe_by("the spectrum weighted by likelihood ratios", out.warnings, [&] {
      out.weighted_spectrum = fit_weighted_spectrum(config, out.data, *evidence_of<BumpHunt>(out), task.window);
    });
  }
  // 4. Benchmarks, and what the truth says of all of them.
  describe_by("the benchmarks", out.warnings, [&] { add_benchmarks(task, judged, methods); });
  if (judged.signal.size() > 0) {
    out.signal = to_be_scored("signal", judged.signal);
    fill_scores(calibrations, judged.signal_fold, mean_over_retrainings(methods.front().signal), out.signal);
  }
  describe_by("what labels say of the scores", out.warnings, [&] { evaluate_methods(task, judged, methods, out); });
  if (has_sidebands(judged) && !config.numbers_only) {
    describe_by("the test for sculpting", out.warnings, [&] { add_sculpting(task, judged, methods, out); });
  }
  collect_warnings(calibrations, out);
  if (!config.numbers_only) {
    run.background = shown_sidebands(out.data, task.window);
  }
  run.scorer = make_scorer(method.detectors, calibrations);
  return run;
}

}  // namespace eddy::search
