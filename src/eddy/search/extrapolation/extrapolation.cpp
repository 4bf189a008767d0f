#include <eddy/base/json.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/abcd_point.hpp>
#include <eddy/search/argos.hpp>
#include <eddy/search/benchmarks.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/evidence/template_count.hpp>
#include <eddy/search/expectation.hpp>
#include <eddy/search/extrapolation/extrapolation.hpp>
#include <eddy/search/extrapolation/extrapolation_task.hpp>
#include <eddy/search/extrapolation/region_closure.hpp>
#include <eddy/search/extrapolation/signal_region.hpp>
#include <eddy/search/extrapolation/template_prediction.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/scorer.hpp>
#include <eddy/search/search_record.hpp>
#include <eddy/search/working_point.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace eddy::search {
namespace {

Abcd abcd_at(const SignalRegion& s, const ScoredSample& data, double efficiency) {
  const SearchConfig& config = s.task.config;
  const AbcdClosure closure = constructed_abcd_closure(s.scored, s.control, efficiency);
  Abcd abcd{.counts = count_regions(data.background_efficiency, data.in_signal_region, efficiency),
            .model = {.closure = closure.value,
                      .closure_error = std::hypot(closure.error / closure.value, config.extrapolation.error),
                      .leakage_b = config.statistics.leakage_b,
                      .leakage_c = config.statistics.leakage_c,
                      .leakage_d = config.statistics.leakage_d}};
  fit_counts(abcd, true, {seed_of(s.task), fmt::format("abcd toys/{}", efficiency)});
  return abcd;
}

WorkingPoint make_working_point(const SignalRegion& s, const ScoredSample& data, double efficiency) {
  WorkingPoint point = cut_at(s.calibrations, efficiency);
  set_numbers(point, TemplateCount{prediction_at(s, data, efficiency), abcd_at(s, data, efficiency)});
  count_truth(data, point);
  return point;
}

ClosurePoint closure_point(double efficiency, double predicted, double error, double observed) {
  return {.efficiency = efficiency,
          .predicted = predicted,
          .observed = observed,
          .ratio = predicted / observed,
          .ratio_error = error / observed,
          .observed_error = 1 / std::sqrt(observed)};
}

/// predicted / true background against efficiency: in the control region, and with labels in the signal region.
void add_closure_curves(const SignalRegion& s, Finding& out) {
  ClosureCurve control{"control region (held out)", {}};
  ClosureCurve signal{"signal region, background in data (truth)", {}};
  const double n_signal_region = static_cast<double>(std::ranges::count(out.data.in_signal_region, 1));
  for (const double efficiency : closure_efficiencies(s.task.config.efficiencies, n_signal_region)) {
    WorkingPoint cut{.efficiency = efficiency};
    count_truth(out.data, cut);
    const double n_control = control_data_passing(s, out.data, efficiency);
    const WeightedCount in_control = count_passing(s.control, efficiency, false);
    if (n_control > 0) {
      control.points.push_back(closure_point(efficiency, in_control.sum, std::sqrt(in_control.variance), n_control));
    }
    if (cut.true_background.value_or(0) > 0) {
      const TemplatePrediction prediction = prediction_at(s, out.data, efficiency);
      signal.points.push_back(closure_point(efficiency, prediction.predicted, prediction.error, *cut.true_background));
    }
  }
  out.closure.push_back(std::move(control));
  if (!signal.points.empty()) {
    out.closure.push_back(std::move(signal));
  }
}

/// The method and whatever benchmarks the inputs allow.
void evaluate_with_truth(const SignalRegion& s, Finding& out) {
  const ExtrapolationTask& task = s.task;
  const EvaluationSample truth = evaluation_sample(task.inputs, task.config, s.data_fold);
  if (!truth.usable()) {
    return;
  }
  out.signal = to_be_scored("signal", truth.signal);
  fill_scores(s, truth.signal, truth.signal_fold, out.signal);
  ScoredTruth scored{.background = {},
                     .background_fold = {},
                     .signal = out.signal.score,
                     .signal_fold = truth.signal_fold,
                     .signal_weight = base::single_precision(truth.signal.weight)};
  for (const std::size_t row : truth.background_rows) {
    scored.background.push_back(out.data.score[row]);
    scored.background_fold.push_back(s.data_fold[row]);
  }
  out.evaluations.push_back(evaluate(method_title(task.config.search.method), scored, n_folds(s)));
  if (task.inputs.benchmark_background.size() > 0) {
    out.evaluations.push_back(supervised_benchmark(task.inputs, truth, task.config, task.store, task.monitor));
    out.evaluations.push_back(idealized_x_benchmark(task.inputs, truth, task.config, task.store, task.monitor));
  }
}

base::Json pack_scorer(const SignalRegion& s) {
  Detectors detectors;
  for (const Ensemble& ensemble : s.ensembles) {
    Detector detector;
    detector.use_context = s.task.config.classifier.use_context;
    for (const classify::Classifier& classifier : ensemble) {
      detector.classifiers.push_back(classify::classifier_from_json(classify::to_json(classifier)));
    }
    detectors.emplace_back().push_back(std::move(detector));
  }
  return make_scorer(detectors, s.calibrations);
}

void warn_of_weights(bool has_own_weights, Finding& out) {
  constexpr double kLargeWeight = 20;  // one event that counts as much as twenty
  for (const WeightSummary& weights : out.weights) {
    if (weights.largest > kLargeWeight) {
      out.warnings.push_back(fmt::format(
          "the largest weight in the {} is {:.3g} times the mean: the background rests on few events there; {}",
          weights.region, weights.largest,
          has_own_weights ? "simulate more events where the weights of the simulation itself are large"
                          : "set [weights] clip, or leave out the corner of the context where data and simulation "
                            "hardly overlap"));
    }
    if (weights.n_clipped > 0) {
      out.warnings.push_back(
          fmt::format("{} weights in the {} were cut at [weights] clip", weights.n_clipped, weights.region));
    }
  }
}

/// Cuts behind which nothing is expected, and those that ties make wider than was asked for.
void warn_of_cuts(const SignalRegion& s, Finding& out) {
  for (const WorkingPoint& point : out.working_points) {
    if (point.predicted <= 0) {
      out.warnings.push_back(fmt::format(
          "at efficiency {}: no simulated event passes, so the {:.0f} observed events are compared with 0 ± {:.2g}, "
          "the upper end of what simulation allows; simulate more events, or loosen the cut",
          point.efficiency, point.observed, point.predicted_error));
    }
    if (const Abcd& abcd = std::get<TemplateCount>(point.evidence).abcd; !abcd.no_numbers.empty()) {
      out.warnings.push_back(fmt::format("ABCD at efficiency {}: {}", point.efficiency, abcd.no_numbers));
    } else if (const std::string words = words_of_empty_control(abcd.counts); !words.empty()) {
      out.warnings.push_back(fmt::format("ABCD at efficiency {}: {}", point.efficiency, words));
    }
    const std::string ties =
        tie_warning(realised_cut(s.calibrations, point.efficiency), point.efficiency, "the constructed background");
    if (!ties.empty()) {
      out.warnings.push_back(ties);
    }
  }
}

void search_signal_region(const ExtrapolationTask& task, SearchRun& run) {
  Finding& out = run.finding;
  SignalRegion s = open_signal_region(task);
  judge_signal_region(task, s.background, out);
  // 4. Classifiers of data against background; every event is scored by those that never saw it.
  train_and_score(s);
  fill_scores(s, task.inputs.data, s.data_fold, out.data);
  // 5. Cuts, the background behind them, and what the counts say.
  for (const double efficiency : task.config.efficiencies) {
    out.working_points.push_back(make_working_point(s, out.data, efficiency));
  }
  if (!task.config.numbers_only) {  // every model constructs its background from the same simulation
    out.argos =
        argos_of(out.data.background_efficiency, out.data.in_signal_region, s.calibrations,
                 {"constructed background", effective_reference(s.calibrations, s.background.size())}, seed_of(task));
  }
  warn_of_cuts(s, out);
  add_closure_curves(s, out);
  describe_by("what labels say of the scores", out.warnings, [&] { evaluate_with_truth(s, out); });
  if (!task.config.numbers_only) {
    run.background = shown_background(s);
  }
  run.scorer = pack_scorer(s);
}

/// Constructed events that all pass.
ScoredBackground uncut(const ConstructedBackground& background) {
  return {std::vector<float>(background.size(), 0), background.weight, background.source};
}

/// All that is predicted in the signal region: no data there, and no score.
Expectation expect_signal_region(const ExtrapolationTask& task) {
  std::vector<ScoredBackground> signal_region;
  std::vector<ScoredBackground> control_region;
  double n_control = 0;
  for (std::size_t m = 0; m < task.background.models.size(); ++m) {
    task.monitor.check_stop();
    signal_region.push_back(uncut(signal_region_background(task, m)));
    control_region.push_back(uncut(held_out_background(task, m)));
    n_control += static_cast<double>(held_out_data_rows(task, m).size());
  }
  const TemplatePrediction prediction =
      predict_background(signal_region, control_region, {n_control, n_control}, 1, task.config.extrapolation.error);
  return expect("constructed background", prediction.predicted, prediction.error);
}

/// The range of each feature, which flows cut off and weights know nothing beyond.
events::Scaler range_of(const Sample& simulation) {
  const std::vector<events::ScalerKind> kinds(simulation.x.cols(), events::ScalerKind::kMinMax);
  std::vector<std::string> names;
  for (std::size_t f = 0; f < simulation.x.cols(); ++f) {
    names.push_back(f < simulation.quantities.size() ? simulation.quantities[f].name : fmt::format("feature {}", f));
  }
  return events::Scaler::fit(kinds, names, simulation.x);
}

/// Steps 1 to 3, which the control region is enough for.
ExtrapolationTask learn_control_region(const Search& search, Finding& out) {
  const auto& [inputs, config, store, monitor] = search;
  describe_search(config, inputs, out);
  out.data = to_be_scored("data", inputs.data);
  record_clipped(range_of(inputs.simulation).count_clipped(inputs.data.x), inputs, "the simulation's range", monitor,
                 out);
  // 1. and 2. What the control region teaches: context weights, and features by the configured method.
  ExtrapolationTask task{.inputs = inputs, .config = config, .store = store, .monitor = monitor};
  task.background = train_background_models(inputs, config, store, monitor);
  out.n_models = task.background.models.size();
  out.training = task.background.training;
  // 3. Does that describe the control region, on events it never saw?
  judge_control_region(task, out);
  return task;
}

}  // namespace

SearchRun run_extrapolation(const Search& search) {
  SearchRun run;
  const ExtrapolationTask task = learn_control_region(search, run.finding);
  search_signal_region(task, run);
  warn_of_weights(!search.inputs.simulation.weight.empty(), run.finding);
  return run;
}

SearchRun prepare_extrapolation(const Search& search) {
  SearchRun run;
  const ExtrapolationTask task = learn_control_region(search, run.finding);
  describe_by("the background expected in the signal region", run.finding.warnings,
              [&] { run.finding.expected = {expect_signal_region(task)}; });
  warn_of_weights(!search.inputs.simulation.weight.empty(), run.finding);
  return run;
}

}  // namespace eddy::search
