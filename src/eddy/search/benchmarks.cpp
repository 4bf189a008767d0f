#include <eddy/base/single_precision.hpp>
#include <eddy/search/benchmarks.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace eddy::search {
namespace {

using base::Matrix;

/// A random part of `rows` as reference, at most ratio * n_data events.
std::vector<std::size_t> reference_rows(const std::vector<std::size_t>& rows, const SearchConfig& config,
                                        const std::string& task, std::size_t n_data) {
  const auto n = static_cast<std::size_t>(config.classifier.reference_ratio * static_cast<double>(n_data));
  return random_rows(rows, n, base::RandomStream(seed_of(config), task));
}

/// Scores the truth with ensembles trained on the data; `data` and `signal` are given in every space.
Evaluation evaluate_ensembles(const std::string& name, const std::vector<Ensemble>& ensembles,
                              std::span<const Matrix> data, std::span<const Matrix> signal,
                              const EvaluationSample& truth) {
  std::vector<Matrix> background;
  for (const Matrix& events : data) {
    background.push_back(base::take_rows(events, truth.background_rows));
  }
  ScoredTruth scored;
  for (const std::size_t row : truth.background_rows) {
    scored.background_fold.push_back(truth.data_fold[row]);
  }
  scored.signal_fold = truth.signal_fold;
  scored.signal_weight = base::single_precision(truth.signal.weight);
  scored.background = out_of_fold_score(ensembles, background, scored.background_fold);
  scored.signal = out_of_fold_score(ensembles, signal, scored.signal_fold);
  return evaluate(name, scored, ensembles.size());
}

WeakTraining weak_training(const SearchConfig& config, const std::string& name) {
  WeakTraining training;
  training.name = name;
  training.n_folds = static_cast<std::size_t>(config.folds.k);
  training.n_members = static_cast<std::size_t>(config.benchmarks.members);
  return training;
}

/// Features of the events of `sample` at `rows`, as a classifier takes them.
WeightedEvents features_at(const Sample& sample, const std::vector<std::size_t>& rows) {
  return {base::take_rows(sample.x, rows), weights_at(sample, rows)};
}

}  // namespace

EvaluationSample evaluation_sample(const SearchInputs& inputs, const SearchConfig& config,
                                   const std::vector<std::uint8_t>& data_fold) {
  if (inputs.data.truth.empty()) {
    return {{}, {}, data_fold};
  }
  EvaluationSample truth{true_signal(inputs, config, data_fold), {}, data_fold};
  truth.background_rows = region_rows(inputs.data, true);
  std::erase_if(truth.background_rows, [&](std::size_t row) { return inputs.data.truth[row] != 0; });
  return truth;
}

Evaluation supervised_benchmark(const SearchInputs& inputs, const EvaluationSample& truth, const SearchConfig& config,
                                const base::TaskStore& store, const base::Monitor& monitor) {
  const Sample& background = inputs.benchmark_background;
  const std::vector<std::size_t> background_rows = rows_that_count(background, region_rows(background, true));
  const std::vector<Matrix> signal = {truth.signal.x};
  std::vector<std::size_t> signal_rows(truth.signal.size());
  std::iota(signal_rows.begin(), signal_rows.end(), std::size_t{0});
  WeakTraining training = weak_training(config, "supervised");
  training.data = [&](std::size_t fold, std::size_t) {
    return features_at(truth.signal, rows_outside_fold(signal_rows, truth.signal_fold, fold));
  };
  training.reference = [&](std::size_t fold, std::size_t, std::size_t) {
    return features_at(background, without_twins_in_fold(background_rows, background, truth.data_fold, fold));
  };
  const auto ensembles =
      train_fold_ensembles(training, config.classifier.classifier, config.search.seed, store, monitor);
  const std::vector<Matrix> data = {inputs.data.x};
  return evaluate_ensembles("supervised", ensembles, data, signal, truth);
}

Evaluation idealized_x_benchmark(const SearchInputs& inputs, const EvaluationSample& truth, const SearchConfig& config,
                                 const base::TaskStore& store, const base::Monitor& monitor) {
  const Sample& background = inputs.benchmark_background;
  const std::vector<std::size_t> background_rows = rows_that_count(background, region_rows(background, true));
  const std::vector<std::size_t> data_rows = region_rows(inputs.data, true);
  const std::vector<Matrix> data = {inputs.data.x};
  const std::vector<Matrix> signal = {truth.signal.x};
  WeakTraining training = weak_training(config, "idealized x");
  training.n_spaces = data.size();
  training.data = [&](std::size_t fold, std::size_t space) {
    return base::take_rows(data[space], rows_outside_fold(data_rows, truth.data_fold, fold));
  };
  training.reference = [&](std::size_t fold, std::size_t, std::size_t n_data) {
    return features_at(background,
                       reference_rows(without_twins_in_fold(background_rows, background, truth.data_fold, fold), config,
                                      fmt::format("idealized x/{}", fold), n_data));
  };
  const auto ensembles =
      train_fold_ensembles(training, config.classifier.classifier, config.search.seed, store, monitor);
  return evaluate_ensembles("idealized (x)", ensembles, data, signal, truth);
}

Evaluation idealized_z_benchmark(const SearchInputs& inputs, const EvaluationSample& truth, const SearchConfig& config,
                                 const base::TaskStore& store, const base::Monitor& monitor,
                                 std::vector<TrainingCurve>& training_curves) {
  const FlowEnsemble flows = train_flows(inputs.benchmark_background, config, "benchmark flow", store, monitor);
  training_curves.insert(training_curves.end(), flows.training.begin(), flows.training.end());
  const LatentSpace space{.kind = SpaceKind::kZ};
  std::vector<Matrix> data;
  std::vector<Matrix> signal;
  WeakTraining training = weak_training(config, "idealized z");
  for (const FlowEnsemble::Member& member : flows.members) {
    data.push_back(to_space(member.flow, space, inputs.data.x, inputs.data.context));
    signal.push_back(to_space(member.flow, space, truth.signal.x, truth.signal.context));
  }
  const std::vector<std::size_t> data_rows = region_rows(inputs.data, true);
  training.n_spaces = data.size();
  training.data = [&](std::size_t fold, std::size_t s) {
    return base::take_rows(data[s], rows_outside_fold(data_rows, truth.data_fold, fold));
  };
  training.reference = [&](std::size_t fold, std::size_t s, std::size_t n_data) {
    const auto n = static_cast<std::size_t>(config.classifier.reference_ratio * static_cast<double>(n_data));
    const base::RandomStream stream(seed_of(config), fmt::format("idealized z/{}/{}", fold, s));
    return normal_in_space(flows.members[s].flow, space, n, stream);
  };
  const auto ensembles =
      train_fold_ensembles(training, config.classifier.classifier, config.search.seed, store, monitor);
  return evaluate_ensembles("idealized (z)", ensembles, data, signal, truth);
}

}  // namespace eddy::search
