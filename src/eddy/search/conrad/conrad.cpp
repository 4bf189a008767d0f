#include <eddy/base/single_precision.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/abcd_point.hpp>
#include <eddy/search/argos.hpp>
#include <eddy/search/benchmarks.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/conrad/conrad.hpp>
#include <eddy/search/conrad/conrad_chain.hpp>
#include <eddy/search/conrad/template_gate.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/evaluation.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/evidence/abcd.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/fold_ensembles.hpp>
#include <eddy/search/scorer.hpp>
#include <eddy/search/search_record.hpp>
#include <eddy/search/unseen_template.hpp>
#include <eddy/search/working_point.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace eddy::search {
namespace {

using base::Matrix;

/// The closure systematic at `efficiency`: how far closure on held-out template is from 1, or how well that is known,
/// whichever is larger.
double closure_systematic(const ClosureCurve& curve, double efficiency) {
  const auto at = std::ranges::find(curve.points, efficiency, &ClosurePoint::efficiency);
  if (at == curve.points.end() || !(at->ratio > 0)) {
    return 1.0;  // nothing of the template passes: closure is not known at all
  }
  // The nuisance of the likelihood is log-normal: a prediction that is N times too small is ln N standard deviations
  // of 1.
  const double statistical = std::hypot(at->ratio_error, at->ratio * at->observed_error);
  return std::max({std::abs(at->ratio - 1), std::abs(std::log(at->ratio)), statistical});
}

WorkingPoint make_working_point(const Conrad& c, const ScoredSample& data, const ClosureCurve& closure,
                                double efficiency) {
  WorkingPoint point = cut_at(c.calibrations, efficiency);
  Abcd abcd{.counts = count_regions(data.background_efficiency, data.in_signal_region, efficiency),
            .model = {.closure_error = closure_systematic(closure, efficiency),
                      .leakage_b = c.config.statistics.leakage_b,
                      .leakage_c = c.config.statistics.leakage_c,
                      .leakage_d = c.config.statistics.leakage_d}};
  fit_counts(abcd, false, {seed_of(c.config), fmt::format("toys/{}", efficiency)});
  set_numbers(point, abcd);
  return point;
}

/// Labelled background events of the data alone.
struct Background {
  std::vector<float> efficiency;
  std::vector<std::uint8_t> in_signal_region;
};

Background background_of(const ScoredSample& data) {
  Background background;
  for (std::size_t i = 0; i < data.truth.size(); ++i) {
    if (data.truth[i] == 0) {
      background.efficiency.push_back(data.background_efficiency[i]);
      background.in_signal_region.push_back(data.in_signal_region[i]);
    }
  }
  return background;
}

/// r(efficiency) on labelled background (CONRAD fig. 4), twice: with the background's own counts in B, C and D, which
/// tests that score and tail variable are independent, and with all data there, which is what the search predicts:
/// signal that leaks into C raises it.
std::vector<ClosureCurve> true_closure(const ScoredSample& data, const std::vector<double>& efficiencies) {
  const Background background = background_of(data);
  ClosureCurve independent{"background in data (truth)", {}};
  ClosureCurve predicted{"prediction from all data (signal leaks into B, C, D)", {}};
  for (const double efficiency : efficiencies) {
    const stats::AbcdCounts own = count_regions(background.efficiency, background.in_signal_region, efficiency);
    const stats::AbcdCounts all = count_regions(data.background_efficiency, data.in_signal_region, efficiency);
    if (own.a > 0 && own.d > 0) {
      independent.points.push_back(closure_point(efficiency, own, own.a));
      predicted.points.push_back(closure_point(efficiency, all, own.a));
    }
  }
  const bool has_signal = background.efficiency.size() < data.truth.size();
  return has_signal ? std::vector{independent, predicted} : std::vector{independent};
}

void add_true_background(const ClosureCurve& truth, std::vector<WorkingPoint>& working_points) {
  for (WorkingPoint& point : working_points) {
    const auto at = std::ranges::find(truth.points, point.efficiency, &ClosurePoint::efficiency);
    point.true_background = at != truth.points.end() ? at->observed : 0.0;
  }
}

Evaluation evaluate_method(const Conrad& c, const EvaluationSample& truth, const ScoredSample& data,
                           const ScoredSample& signal) {
  ScoredTruth scored;
  for (const std::size_t row : truth.background_rows) {
    scored.background.push_back(data.score[row]);
    scored.background_fold.push_back(c.data_fold[row]);
  }
  scored.signal = signal.score;
  scored.signal_fold = truth.signal_fold;
  scored.signal_weight = base::single_precision(truth.signal.weight);
  return evaluate("CONRAD", scored, c.ensembles.size());
}

/// The method and whatever benchmarks the inputs allow.
void evaluate_with_truth(const Conrad& c, const EvaluationSample& truth, Finding& out) {
  out.signal = to_be_scored("signal", truth.signal);
  const std::vector<Matrix> signal = in_all_spaces(c, truth.signal);
  out.signal.latent = c.flows.members[0].flow.to_latent(truth.signal.x, truth.signal.context);
  fill_scores(c, signal, truth.signal_fold, out.signal);
  out.evaluations.push_back(evaluate_method(c, truth, out.data, out.signal));
  if (c.inputs.benchmark_background.size() == 0) {
    return;
  }
  out.evaluations.push_back(supervised_benchmark(c.inputs, truth, c.config, c.store, c.monitor));
  out.evaluations.push_back(idealized_x_benchmark(c.inputs, truth, c.config, c.store, c.monitor));
  out.evaluations.push_back(idealized_z_benchmark(c.inputs, truth, c.config, c.store, c.monitor, out.training));
}

void collect_warnings(const std::vector<ScoreCalibration>& calibrations, Finding& out) {
  warn_of_template_gate(out);
  for (const WorkingPoint& point : out.working_points) {
    std::ranges::move(warnings_of(point), std::back_inserter(out.warnings));
    const RealisedCut cut = realised_cut(calibrations, point.efficiency);
    const std::string reference = "the template's signal region";
    const std::string ties = tie_warning(cut, point.efficiency, reference);
    if (!ties.empty()) {
      out.warnings.push_back(ties);
    }
    const std::string few = out.template_sample.weight.empty() ? "" : weight_warning(cut, point.efficiency, reference);
    if (!few.empty()) {
      out.warnings.push_back(few);
    }
    if (const double n_c = std::get<Abcd>(point.evidence).counts.c; n_c < 20) {
      out.warnings.push_back(
          fmt::format("at efficiency {} only {} events are in region C: the background estimate rests on few events",
                      point.efficiency, n_c));
    }
  }
}

}  // namespace

SearchRun run_conrad(const Search& search) {
  const auto& [inputs, config, store, monitor] = search;
  // 1. to 3.: flows on the template, classifiers in their space, thresholds.
  const Conrad c = train_conrad(search, static_cast<std::size_t>(config.folds.k));

  SearchRun run;
  Finding& out = run.finding;
  describe_search(config, inputs, out);
  out.context_cut = smallest_context(inputs.data);
  out.classifier_space = config.classifier.space;
  out.reference = config.classifier.reference;
  record_clipped(c.flows.members[0].flow.count_clipped(inputs.data.x, inputs.data.context), inputs,
                 "the template's range", monitor, out);
  out.training = c.flows.training;
  // 4. Every event's score from classifiers that never saw it.
  out.data = to_be_scored("data", inputs.data);
  out.data.latent = c.flows.members[0].flow.to_latent(inputs.data.x, inputs.data.context);
  fill_scores(c, c.data, c.data_fold, out.data);
  const std::vector<std::size_t> held_out_rows = rows_ever_held_out(c.flows);
  show_held_out_template(inputs.template_sample, c.flows, out);
  // 5. Closure on held-out template, the gate on the latent, then the background estimate and what it says.
  const auto n_signal_region = static_cast<double>(std::ranges::count(inputs.data.in_signal_region, 1));
  const std::vector<double> efficiencies = closure_efficiencies(config.efficiencies, n_signal_region);
  TemplateClosure closure =
      template_closure(inputs.template_sample, c.flows, c.space, c.ensembles, c.data_fold, efficiencies, monitor);
  for (const std::size_t row : held_out_rows) {
    out.template_sample.score.push_back(closure.score[row]);
  }
  out.closure.push_back(std::move(closure.curve));
  judge_template_latent(config, store, monitor, out);
  for (const double efficiency : config.efficiencies) {
    out.working_points.push_back(make_working_point(c, out.data, out.closure[0], efficiency));
  }
  if (!config.numbers_only) {  // every fold takes its thresholds from the same template
    out.argos = argos_of(out.data.background_efficiency, out.data.in_signal_region, c.calibrations,
                         {"template", effective_reference(c.calibrations, c.calibrations.size())}, seed_of(config));
  }
  // 6. With labels: true closure, ROC and SIC of the method and the benchmarks.
  const EvaluationSample truth = evaluation_sample(inputs, config, c.data_fold);
  if (!inputs.data.truth.empty()) {
    const std::vector<ClosureCurve> curves = true_closure(out.data, efficiencies);
    out.closure.insert(out.closure.end(), curves.begin(), curves.end());
    add_true_background(curves.front(), out.working_points);
  }
  if (truth.usable()) {
    describe_by("what labels say of the scores", out.warnings, [&] { evaluate_with_truth(c, truth, out); });
  }
  collect_warnings(c.calibrations, out);
  if (!config.numbers_only) {
    run.background = shown_template(c);
  }
  run.scorer = make_scorer(c.flows, c.space, c.ensembles, c.calibrations);
  return run;
}

SearchRun prepare_conrad(const Search& search) {
  const auto& [inputs, config, store, monitor] = search;
  // The background density on the template, whose signal region is open, and whether it is good enough. Classifiers
  // compare signal-region data with it: they, their thresholds and closure wait.
  const FlowEnsemble flows = train_flows(inputs.template_sample, config, "flow", store, monitor);
  SearchRun run;
  Finding& out = run.finding;
  describe_search(config, inputs, out);
  out.context_cut = smallest_context(inputs.template_sample);
  out.classifier_space = config.classifier.space;
  out.reference = config.classifier.reference;
  record_clipped(flows.members[0].flow.count_clipped(inputs.data.x, inputs.data.context), inputs,
                 "the template's range", monitor, out);
  out.training = flows.training;
  out.data = to_be_scored("data", inputs.data);
  out.data.latent = flows.members[0].flow.to_latent(inputs.data.x, inputs.data.context);
  show_held_out_template(inputs.template_sample, flows, out);
  judge_template_latent(config, store, monitor, out);
  warn_of_template_gate(out);
  return run;
}

}  // namespace eddy::search
