#include <eddy/events/split.hpp>
#include <eddy/search/conrad/conrad_chain.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/unseen_template.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {
namespace {

using base::Matrix;

/// The template fold that is never a reference, so that thresholds can be taken from it.
constexpr std::size_t kCalibrationFold = 0;

/// Signal-region template events that may be the reference of one fold in space `s`, as positions among them: unseen
/// stay what the flow holds out, for closure, and what thresholds are taken from.
std::vector<std::size_t> usable_template(const Conrad& c, std::size_t fold, std::size_t s) {
  std::vector<std::size_t> usable;
  const std::vector<std::size_t> sr = region_rows(c.inputs.template_sample, true);
  for (std::size_t i = 0; i < sr.size(); ++i) {
    const std::size_t fold_of_event = c.flows.template_fold[sr[i]];
    const bool is_judged = is_twin_in_fold(c.inputs.template_sample, sr[i], c.data_fold, fold);
    const bool counts = c.template_sr.weight.empty() || c.template_sr.weight[i] != 0;  // or a reference may be none
    if (counts && !is_judged && fold_of_event != c.flows.members[s].template_fold &&
        fold_of_event != kCalibrationFold) {
      usable.push_back(i);
    }
  }
  return usable;
}

/// Reference events of one fold in space `s`: what the signal-region data is compared with (docs/conrad.md).
WeightedEvents reference_events(const Conrad& c, std::size_t fold, std::size_t s, std::size_t n_data) {
  const auto n = static_cast<std::size_t>(c.config.classifier.reference_ratio * static_cast<double>(n_data));
  const base::RandomStream stream(seed_of(c.config), fmt::format("conrad reference/{}/{}", fold, s));
  if (c.config.classifier.reference == "normal") {
    return normal_in_space(c.flows.members[s].flow, c.space, n, stream);
  }
  if (c.config.classifier.reference == "template") {
    const std::vector<std::size_t> rows = random_rows(usable_template(c, fold, s), n, stream);
    return {base::take_rows(c.template_in_space[s], rows), weights_at(c.template_sr, rows)};
  }
  std::vector<std::size_t> rows = rows_outside_fold(region_rows(c.inputs.data, false), c.data_fold, fold);
  return base::take_rows(c.data[s], random_rows(std::move(rows), n, stream));
}

void train_classifiers(Conrad& c, std::size_t n_folds) {
  const std::vector<std::size_t> signal_region = region_rows(c.inputs.data, true);
  WeakTraining training;
  training.name = "conrad";
  training.n_folds = n_folds;
  training.n_members = static_cast<std::size_t>(c.config.classifier.members);
  training.n_spaces = c.flows.members.size();
  training.data = [&](std::size_t fold, std::size_t space) {
    return base::take_rows(c.data[space], rows_outside_fold(signal_region, c.data_fold, fold));
  };
  training.reference = [&c](std::size_t fold, std::size_t space, std::size_t n_data) {
    return reference_events(c, fold, space, n_data);
  };
  c.ensembles =
      train_fold_ensembles(training, c.config.classifier.classifier, c.config.search.seed, c.store, c.monitor);
}

/// Thresholds come from signal-region template events that the classifiers never saw, neither as copies among the data
/// nor, where template events are the reference, as these: the ones would score too high, the others too low.
void calibrate_scores(Conrad& c) {
  std::vector<Matrix> events = c.template_in_space;
  std::vector<std::size_t> rows = region_rows(c.inputs.template_sample, true);
  if (c.config.classifier.reference == "template") {
    std::vector<std::size_t> kept_aside;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (c.flows.template_fold[rows[i]] == kCalibrationFold) {
        kept_aside.push_back(i);
      }
    }
    std::ranges::transform(events, events.begin(), [&](const Matrix& all) { return base::take_rows(all, kept_aside); });
    rows = take(rows, kept_aside);
  }
  for (std::size_t k = 0; k < c.ensembles.size(); ++k) {
    c.monitor.check_stop();
    c.template_scores.push_back(
        unseen_scores(mean_score(c.ensembles[k], events), rows, c.inputs.template_sample, c.data_fold, k));
    c.calibrations.push_back(c.template_scores.back().calibration());
    c.monitor.progress("thresholds from the template", k + 1, c.ensembles.size());
  }
  c.judged_template = std::move(rows);
}

}  // namespace

std::vector<Matrix> in_all_spaces(const Conrad& c, const Sample& sample) {
  std::vector<Matrix> events;
  for (const FlowEnsemble::Member& member : c.flows.members) {
    c.monitor.check_stop();
    events.push_back(to_space(member.flow, c.space, sample.x, sample.context));
  }
  return events;
}

void fill_scores(const Conrad& c, std::span<const Matrix> events, std::span<const std::uint8_t> fold,
                 ScoredSample& sample) {
  sample.score = out_of_fold_score(c.ensembles, events, fold);
  sample.background_efficiency = efficiencies_by_fold(c.calibrations, sample.score, fold);
}

ShownBackground shown_template(const Conrad& c) {
  const auto loosest = static_cast<float>(std::ranges::max(c.config.efficiencies));
  BackgroundEvents events;
  for (std::size_t k = 0; k < c.template_scores.size(); ++k) {
    const UnseenScores& unseen = c.template_scores[k];
    for (std::size_t i = 0; i < unseen.scores.size(); ++i) {
      const float efficiency = c.calibrations[k].efficiency(unseen.scores[i]);
      if (efficiency <= loosest) {
        events.source.push_back(c.judged_template[unseen.positions[i]]);
        events.weight.push_back(unseen.weights.empty() ? 1.0F : unseen.weights[i]);
        events.background_efficiency.push_back(efficiency);
      }
    }
  }
  const Sample& all = c.inputs.template_sample;
  events.columns = join_columns(base::take_rows(all.x, events.source), base::take_rows(all.context, events.source));
  return {.name = "template", .parts = {std::move(events)}};
}

Conrad train_conrad(const Search& search, std::size_t n_folds) {
  const auto& [inputs, config, store, monitor] = search;
  // 1. The background density p(x | M) on the template.
  Conrad c{.inputs = inputs,
           .config = config,
           .store = store,
           .monitor = monitor,
           .flows = train_flows(inputs.template_sample, config, "flow", store, monitor)};
  // 2. Data and template in the decorrelated space of every flow.
  c.space = choose_space(config, inputs.template_sample);
  c.data = in_all_spaces(c, inputs.data);
  c.template_sr = take_events(inputs.template_sample, region_rows(inputs.template_sample, true));
  c.template_in_space = in_all_spaces(c, c.template_sr);
  // 3. Classifiers of signal-region data against the reference, fold by fold.
  c.data_fold = events::assign_folds(seed_of(config), "data folds", split_index(inputs.data),
                                     static_cast<std::size_t>(config.folds.k));
  train_classifiers(c, n_folds);
  calibrate_scores(c);
  return c;
}

}  // namespace eddy::search
