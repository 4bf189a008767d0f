#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/extrapolation/signal_region.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace eddy::search {
namespace {

/// Fold of each constructed event: that of the simulated event it was made from.
std::vector<std::uint8_t> folds_of(const SignalRegion& s, const ConstructedBackground& background) {
  std::vector<std::uint8_t> folds;
  std::ranges::transform(background.source, std::back_inserter(folds),
                         [&](std::size_t row) { return s.simulation_fold[row]; });
  return folds;
}

ConstructedBackground outside_fold(const SignalRegion& s, std::size_t model, std::size_t fold) {
  const ConstructedBackground& background = s.background[model];
  std::vector<std::size_t> rows(background.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return take_constructed(background, rows_outside_fold(rows, folds_of(s, background), fold));
}

/// Signal-region data against the background of each model in turn, fold by fold.
void train_classifiers(SignalRegion& s) {
  const ExtrapolationTask& task = s.task;
  const Sample& data = task.inputs.data;
  const std::vector<std::size_t> rows = region_rows(data, true);
  WeakTraining training;
  training.name = task.config.search.method;
  training.n_folds = n_folds(s);
  training.n_members = static_cast<std::size_t>(task.config.classifier.members);
  training.n_spaces = s.background.size();
  training.data = [&](std::size_t fold, std::size_t) {
    const Sample events = take_events(data, rows_outside_fold(rows, s.data_fold, fold));
    return classifier_inputs(task, events.x, events.context);
  };
  training.reference = [&](std::size_t fold, std::size_t model, std::size_t) {
    const ConstructedBackground background = outside_fold(s, model, fold);
    return WeightedEvents(classifier_inputs(task, background.x, background.context), background.weight);
  };
  s.ensembles = train_fold_ensembles(training, task.config.classifier.classifier, task.config.search.seed, task.store,
                                     task.monitor);
}

std::vector<float> scores_of(const SignalRegion& s, base::MatrixView x, base::MatrixView context,
                             std::span<const std::uint8_t> fold) {
  const base::Matrix inputs = classifier_inputs(s.task, x, context);
  return out_of_fold_score(s.ensembles, std::span(&inputs, 1), fold);
}

/// Thresholds are where a fraction of the constructed background passes: fixed before the data is looked at.
void calibrate_scores(SignalRegion& s) {
  std::vector<std::vector<float>> scores(n_folds(s));
  std::vector<std::vector<float>> weights(n_folds(s));
  std::vector<std::vector<float>> of_model;
  for (const ConstructedBackground& background : s.background) {
    s.task.monitor.check_stop();
    const std::vector<std::uint8_t> fold = folds_of(s, background);
    of_model.push_back(scores_of(s, background.x, background.context, fold));
    for (std::size_t i = 0; i < fold.size(); ++i) {
      scores[fold[i]].push_back(of_model.back()[i]);
      weights[fold[i]].push_back(background.weight[i]);
    }
  }
  for (std::size_t k = 0; k < n_folds(s); ++k) {
    s.calibrations.emplace_back(std::move(scores[k]), std::move(weights[k]));
  }
  for (std::size_t m = 0; m < s.background.size(); ++m) {
    const ConstructedBackground& background = s.background[m];
    s.scored.push_back({efficiencies_by_fold(s.calibrations, of_model[m], folds_of(s, background)), background.weight,
                        background.source});
  }
}

void score_control_region(SignalRegion& s) {
  for (std::size_t m = 0; m < s.background.size(); ++m) {
    s.task.monitor.check_stop();
    const ConstructedBackground background = held_out_background(s.task, m);
    const std::vector<std::uint8_t> fold = folds_of(s, background);
    const std::vector<float> scores = scores_of(s, background.x, background.context, fold);
    s.control.push_back({efficiencies_by_fold(s.calibrations, scores, fold), background.weight, background.source});
  }
}

}  // namespace

SignalRegion open_signal_region(const ExtrapolationTask& task) {
  SignalRegion s{.task = task, .background = {}, .data_fold = {}, .simulation_fold = {}};
  for (std::size_t m = 0; m < task.background.models.size(); ++m) {
    s.background.push_back(signal_region_background(task, m));
  }
  const SearchInputs& inputs = task.inputs;
  s.data_fold = events::assign_folds(seed_of(task), "data folds", split_index(inputs.data), n_folds(s));
  s.simulation_fold = folds_beside_data(inputs.simulation, s.data_fold, seed_of(task), "simulation folds", n_folds(s));
  return s;
}

void train_and_score(SignalRegion& s) {
  train_classifiers(s);
  calibrate_scores(s);
  score_control_region(s);
}

void fill_scores(const SignalRegion& s, const Sample& events, std::span<const std::uint8_t> fold,
                 ScoredSample& sample) {
  sample.score = scores_of(s, events.x, events.context, fold);
  sample.background_efficiency = efficiencies_by_fold(s.calibrations, sample.score, fold);
}

double control_data_passing(const SignalRegion& s, const ScoredSample& data, double efficiency) {
  double n = 0;
  for (std::size_t i = 0; i < data.score.size(); ++i) {
    const bool held_out = s.task.background.data_fold[i] < s.background.size();
    n += data.in_signal_region[i] == 0 && held_out && data.background_efficiency[i] <= static_cast<float>(efficiency)
             ? 1
             : 0;
  }
  return n;
}

TemplatePrediction prediction_at(const SignalRegion& s, const ScoredSample& data, double efficiency) {
  return predict_background(s.scored, s.control,
                            {control_data_passing(s, data, efficiency), control_data_passing(s, data, 1)}, efficiency,
                            s.task.config.extrapolation.error);
}

ShownBackground shown_background(const SignalRegion& s) {
  const auto loosest = static_cast<float>(std::ranges::max(s.task.config.efficiencies));
  BackgroundEvents events;
  for (std::size_t m = 0; m < s.background.size(); ++m) {
    const ConstructedBackground& all = s.background[m];
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (s.scored[m].efficiency[i] <= loosest) {
        rows.push_back(i);
        events.weight.push_back(all.weight[i]);
        events.source.push_back(all.source[i]);
        events.background_efficiency.push_back(s.scored[m].efficiency[i]);
      }
    }
    events.columns = base::stack_rows(events.columns,
                                      join_columns(base::take_rows(all.x, rows), base::take_rows(all.context, rows)));
  }
  return {.name = "constructed background", .parts = {std::move(events)}};
}

}  // namespace eddy::search
