#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/resonant/resonant_task.hpp>
#include <eddy/search/signal_window.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {
namespace {

/// Of the events that are not in the fold: 1/6 of all in the paper's split into thirds.
constexpr double kValidationFraction = 0.25;

float fixed_context(const ResonantTask& task) { return choose_space(task.config, task.inputs.data).fixed_context; }

/// One flow for each fold and retraining.
struct FoldTraining {
  bool signal_region = false;
  std::string name = {};
  flow::FlowSettings settings = {};
  const FoldFlows* background =
      nullptr;  ///< of events that are a mixture with what it describes; nullptr: of all alike
};

std::string name_of(const ResonantTask& task, const FoldTraining& training, std::size_t i) {
  return fmt::format("{}, fold {}, retraining {}", training.name, i / task.n_retrainings + 1,
                     i % task.n_retrainings + 1);
}

/// Flow i on the events of its fold.
base::Json train_flow_of_fold(const ResonantTask& task, const FoldTraining& training, std::size_t i,
                              const Sample& sample, const base::TaskStore& store) {
  const std::size_t r = i % task.n_retrainings;
  const std::vector<std::uint8_t> is_validation = events::assign_subset(
      seed_of(task), fmt::format("flow validation/{}", r), split_index(sample), kValidationFraction);
  FlowTraining flow{.sample = sample, .is_validation = is_validation, .settings = training.settings};
  std::vector<float> log_background;
  if (training.background != nullptr) {
    const double fraction = task.config.signal_flow.fraction;
    log_background = training.background->flows[i / task.n_retrainings][r].log_prob(sample.x, sample.context);
    flow.mixture = flow::Mixture{.log_background = log_background,
                                 .share = fraction > 0 ? fraction : kFirstSignalFraction,
                                 .is_learned = fraction == 0};
  }
  return train_flow(flow, task.config, name_of(task, training, i), store, task.monitor);
}

FoldFlows train_flows_of_folds(const ResonantTask& task, const FoldTraining& training) {
  const std::size_t n_flows = task.n_folds * task.n_retrainings;
  std::vector<base::Json> artefacts(n_flows);
  std::vector<Sample> samples(task.n_folds);
  base::parallel_tasks(task.n_folds, [&](std::size_t fold) {
    samples[fold] = take_events(task.inputs.data, training_rows(task, training.signal_region, fold));
  });
  base::for_each_task(n_flows, task.store, base::AtOnce::kAll, [&](std::size_t i, const base::TaskStore& store) {
    artefacts[i] = train_flow_of_fold(task, training, i, samples[i / task.n_retrainings], store);
  });
  FoldFlows fitted{.flows = {}, .training = {}};
  fitted.flows.resize(task.n_folds);
  fitted.shares.resize(training.background != nullptr ? task.n_folds : 0);
  for (std::size_t i = 0; i < n_flows; ++i) {
    const std::size_t fold = i / task.n_retrainings;
    fitted.flows[fold].push_back(flow::Flow::from_json(artefacts[i].at("flows").front()));
    fitted.training.push_back(training_curve(name_of(task, training, i), artefacts[i]));
    if (training.background != nullptr) {
      fitted.shares[fold].push_back(artefacts[i].at("shares").front());
    }
  }
  return fitted;
}

}  // namespace

base::Seed seed_of(const ResonantTask& task) { return seed_of(task.config); }

ResonantTask make_sideband_task(const SearchInputs& inputs, const SearchConfig& config, const base::TaskStore& store,
                                const base::Monitor& monitor) {
  ResonantTask task{.inputs = inputs, .config = config, .store = store, .monitor = monitor};
  const auto k = static_cast<std::size_t>(config.folds.k);
  task.data_fold = events::assign_folds(seed_of(task), "data folds", split_index(inputs.data), k);
  task.n_folds = config.folds.score == "all" ? k : 1;
  task.n_retrainings = static_cast<std::size_t>(config.flow_members);
  return task;
}

ResonantTask make_resonant_task(const SearchInputs& inputs, const SearchConfig& config, const base::TaskStore& store,
                                const base::Monitor& monitor) {
  ResonantTask task = make_sideband_task(inputs, config, store, monitor);
  task.window = signal_window(inputs.data);
  task.truth = true_signal(inputs, config, task.data_fold);
  return task;
}

std::vector<std::size_t> training_rows(const ResonantTask& task, bool signal_region, std::size_t fold) {
  return rows_outside_fold(region_rows(task.inputs.data, signal_region), task.data_fold, fold);
}

std::vector<std::size_t> rows_of_fold(const ResonantTask& task, bool signal_region, std::size_t fold) {
  std::vector<std::size_t> rows = region_rows(task.inputs.data, signal_region);
  std::erase_if(rows, [&](std::size_t row) { return task.data_fold[row] != fold; });
  return rows;
}

FoldFlows train_fold_flows(const ResonantTask& task, bool signal_region, const std::string& name) {
  return train_flows_of_folds(task, {.signal_region = signal_region, .name = name, .settings = task.config.flow});
}

FoldFlows train_signal_flows(const ResonantTask& task, const FoldFlows& background, const std::string& name) {
  return train_flows_of_folds(task, {.signal_region = true,
                                     .name = name,
                                     .settings = flow_of_signal(task.config.signal_flow, task.config.flow),
                                     .background = &background});
}

Detectors make_detectors_in_x(const ResonantTask& task) {
  Detectors detectors(task.n_folds);
  for (std::vector<Detector>& of_fold : detectors) {
    of_fold.resize(task.n_retrainings);
  }
  return detectors;
}

Detectors make_detectors(const ResonantTask& task, SpaceKind kind, const FoldFlows& flows) {
  Detectors detectors = make_detectors_in_x(task);
  const LatentSpace space{kind, fixed_context(task)};
  for (std::size_t fold = 0; fold < task.n_folds; ++fold) {
    for (std::size_t r = 0; r < task.n_retrainings; ++r) {
      detectors[fold][r].background = flows.flows[fold][r];
      detectors[fold][r].space = space;
    }
  }
  return detectors;
}

WeakTraining weak_training(const ResonantTask& task, const std::string& name, const Detectors& detectors) {
  WeakTraining training;
  training.name = name;
  training.n_folds = task.n_folds;
  training.n_members = static_cast<std::size_t>(task.config.classifier.members);
  training.n_spaces = task.n_retrainings;
  training.data = [&task, &detectors](std::size_t fold, std::size_t r) {
    const Sample data = take_events(task.inputs.data, training_rows(task, true, fold));
    return to_space(detectors[fold][r], data.x, data.context);
  };
  return training;
}

void train_classifiers(const ResonantTask& task, const WeakTraining& training, Detectors& detectors) {
  std::vector<Ensemble> ensembles = train_fold_ensembles(training, task.config.classifier.classifier,
                                                         task.config.search.seed, task.store, task.monitor);
  for (std::size_t fold = 0; fold < ensembles.size(); ++fold) {
    for (std::size_t m = 0; m < ensembles[fold].size(); ++m) {
      detectors[fold][m % training.n_spaces].classifiers.push_back(std::move(ensembles[fold][m]));
    }
  }
}

std::size_t n_reference_events(const ResonantTask& task, std::size_t n_data) {
  return static_cast<std::size_t>(task.config.classifier.reference_ratio * static_cast<double>(n_data));
}

}  // namespace eddy::search
