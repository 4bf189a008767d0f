#include <eddy/base/error.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

namespace eddy::search {
namespace {

/// How a method of the family trains its detectors.
struct Trainer {
  std::string_view method;
  TrainedMethod (*train)(const ResonantTask&);
};

TrainedMethod train_idealized_as_configured(const ResonantTask& task) {
  return train_idealized(task, parse_space(task.config.classifier.space));
}

/// True background of the signal region: of the benchmark file, or, without one, the labelled background of the data
/// outside the fold.
Sample true_background(const ResonantTask& task, std::size_t fold) {
  const Sample& benchmark = task.inputs.benchmark_background;
  if (benchmark.size() > 0) {
    return take_events(benchmark, without_twins_in_fold(region_rows(benchmark, true), benchmark, task.data_fold, fold));
  }
  std::vector<std::size_t> rows = training_rows(task, true, fold);
  std::erase_if(rows, [&](std::size_t row) { return task.inputs.data.truth[row] != 0; });
  return take_events(task.inputs.data, rows);
}

/// At most as many events as the method itself has as reference, so that benchmark and method compare.
Sample reference_sample(const ResonantTask& task, const std::string& name, std::size_t fold, std::size_t r,
                        std::size_t n_data) {
  const Sample background = true_background(task, fold);
  std::vector<std::size_t> rows(background.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const base::RandomStream stream(seed_of(task), fmt::format("{}/{}/{}", name, fold, r));
  return take_events(background, random_rows(std::move(rows), n_reference_events(task, n_data), stream));
}

}  // namespace

TrainedMethod train_supervised(const ResonantTask& task) {
  if (task.truth.signal.size() == 0) {
    throw base::InputError(
        "the supervised benchmark has no labelled signal in the signal region; give [benchmarks] signal, or widen "
        "[regions] signal");
  }
  TrainedMethod method{.detectors = make_detectors_in_x(task), .flows = {}};
  WeakTraining training = weak_training(task, "supervised", method.detectors);
  training.data = [&](std::size_t fold, std::size_t) {
    std::vector<std::size_t> rows(task.truth.signal.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    rows = rows_outside_fold(rows, task.truth.signal_fold, fold);
    return WeightedEvents(base::take_rows(task.truth.signal.x, rows), weights_at(task.truth.signal, rows));
  };
  training.reference = [&](std::size_t fold, std::size_t, std::size_t) {
    const Sample background = true_background(task, fold);
    return WeightedEvents(background.x, base::single_precision(background.weight));
  };
  train_classifiers(task, training, method.detectors);
  return method;
}

TrainedMethod train_idealized(const ResonantTask& task, SpaceKind space) {
  TrainedMethod method;
  if (space == SpaceKind::kX) {
    method.detectors = make_detectors_in_x(task);
  } else {
    method.flows = train_fold_flows(task, false, "sideband flow");
    method.detectors = make_detectors(task, space, method.flows);
  }
  const std::string name = "idealized " + to_string(space);
  WeakTraining training = weak_training(task, name, method.detectors);
  training.reference = [&](std::size_t fold, std::size_t r, std::size_t n_data) {
    const Sample reference = reference_sample(task, name, fold, r, n_data);
    return WeightedEvents(to_space(method.detectors[fold][r], reference.x, reference.context),
                          base::single_precision(reference.weight));
  };
  train_classifiers(task, training, method.detectors);
  return method;
}

TrainedMethod train_configured_method(const ResonantTask& task) {
  static constexpr auto kTrainers = std::to_array<Trainer>({{"cathode", train_cathode},
                                                            {"lacathode", train_lacathode},
                                                            {"cathode_lacathode", train_cathode_and_lacathode},
                                                            {"anode", train_anode},
                                                            {"r_anode", train_r_anode},
                                                            {"cwola", train_cwola},
                                                            {"transport", train_transport},
                                                            {"supervised", train_supervised},
                                                            {"idealized", train_idealized_as_configured}});
  const auto* const trainer = std::ranges::find(kTrainers, task.config.search.method, &Trainer::method);
  if (trainer == kTrainers.end()) {
    throw base::Error(fmt::format("the method \"{}\" is in the table, but resonant searches have no training for it",
                                  task.config.search.method));
  }
  return trainer->train(task);
}

}  // namespace eddy::search
