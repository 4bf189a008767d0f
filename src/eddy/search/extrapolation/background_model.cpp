#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/extrapolation/background_model.hpp>
#include <eddy/search/fold_ensembles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes trained weights.
constexpr int kWeightTaskVersion = 3;
/// At least this many control-region folds: each model trains on four fifths of it.
constexpr std::size_t kMinRegionFolds = 5;

std::size_t n_region_folds(const SearchConfig& config) {
  return std::max(kMinRegionFolds, static_cast<std::size_t>(config.flow_members));
}

base::Matrix weight_inputs(const base::Matrix& x, const base::Matrix& context, bool use_features) {
  return use_features ? join_columns(x, context) : context;
}

ModelTask make_task(const SearchInputs& inputs, const SearchConfig& config, const base::TaskStore& store,
                    const base::Monitor& monitor, const BackgroundModels& models, std::size_t member) {
  const auto region = [&](const Sample& sample, const std::vector<std::uint8_t>& fold) {
    return take_events(sample, rows_outside_fold(region_rows(sample, false), fold, member));
  };
  return {.inputs = inputs,
          .config = config,
          .store = store,
          .monitor = monitor,
          .member = member,
          .data = region(inputs.data, models.data_fold),
          .simulation = region(inputs.simulation, models.simulation_fold)};
}

BackgroundModel train_model(const ModelTask& task, std::vector<TrainingCurve>& training) {
  const std::string& method = task.config.search.method;
  if (method == "reweight") {
    return train_reweight(task, training);
  }
  if (method == "generate") {
    return train_generate(task, training);
  }
  if (method == "morph") {
    return train_morph(task, training);
  }
  throw base::Error(
      fmt::format("the method \"{}\" is in the table, but extrapolations have no training for it", method));
}

/// Cuts learned weights above `clip` times their mean over events that count `own` each; returns how many. The weights
/// of the simulation itself are known, and not cut.
std::size_t clip_weights(double clip, const std::vector<double>& own, std::vector<float>& weight) {
  if (clip == 0 || weight.empty()) {
    return 0;
  }
  const double mean =
      std::inner_product(own.begin(), own.end(), weight.begin(), 0.0) / std::accumulate(own.begin(), own.end(), 0.0);
  const auto largest = static_cast<float>(clip * mean);
  const auto n_clipped = std::ranges::count_if(weight, [&](float w) { return w > largest; });
  std::ranges::transform(weight, weight.begin(), [&](float w) { return std::min(w, largest); });
  return static_cast<std::size_t>(n_clipped);
}

/// Data events per simulated event of weight 1 with these inputs: yield_ratio * s / (1 - s) (2311.12924, section 2.2).
std::vector<float> event_weights(const BackgroundModel& model, const Sample& events) {
  std::vector<float> weight =
      model.weights.predict(weight_inputs(events.x, events.context, model.weights_use_features));
  for (float& w : weight) {
    w = static_cast<float>(model.yield_ratio * w / (1.0 - w));
  }
  return weight;
}

base::Matrix constructed_features(const BackgroundModel& model, const Sample& events,
                                  const base::RandomStream& stream) {
  if (model.generator) {
    return model.generator->sample(events.context, stream);
  }
  return model.transfer ? model.transfer->from_base(events.x, events.context) : events.x;
}

}  // namespace

BackgroundModel train_weights(const ModelTask& task, bool use_features) {
  const std::string name = fmt::format("weights {}", task.member + 1);
  const base::Matrix data = weight_inputs(task.data.x, task.data.context, use_features);
  const base::Matrix simulation = weight_inputs(task.simulation.x, task.simulation.context, use_features);
  classify::LabelledEvents events{base::stack_rows(data, simulation), {}, {}};
  events.label.assign(events.x.rows(), 0);
  std::fill_n(events.label.begin(), data.rows(), 1);
  events.weight.assign(data.rows(), 1.0F);
  const std::vector<double> own = weights_or_ones(task.simulation);
  const std::vector<float> of_simulation = base::single_precision(own);
  events.weight.insert(events.weight.end(), of_simulation.begin(), of_simulation.end());
  const classify::MlpSettings& settings = task.config.weights.network;
  const base::TaskKey key(classify::task_inputs(events), {{"version", kWeightTaskVersion},
                                                          {"settings", base::settings_to_json(settings)},
                                                          {"seed", task.config.search.seed},
                                                          {"task", name}});
  const auto compute = [&] {
    return classify::Mlp::fit(events.x, events.label, events.weight, settings,
                              base::RandomStream(seed_of(task.config), name), name, task.monitor)
        .to_json();
  };
  return {.weights = classify::Mlp::from_json(task.store.get_or_compute("weights", key, compute, task.monitor)),
          .yield_ratio = static_cast<double>(task.data.size()) / std::accumulate(own.begin(), own.end(), 0.0),
          .weights_use_features = use_features,
          .generator = {},
          .transfer = {}};
}

flow::Flow train_region_flow(const ModelTask& task, FlowTarget target, const flow::FlowSettings& settings,
                             const std::string& name, const flow::Flow* base, std::vector<TrainingCurve>& training) {
  const Sample& sample = target == FlowTarget::kData ? task.data : task.simulation;
  const std::string title = fmt::format("{} {}", name, task.member + 1);
  const std::vector<std::uint8_t> is_validation =
      events::assign_subset(seed_of(task.config), fmt::format("flow validation/{}", task.member), split_index(sample),
                            task.config.extrapolation.validation_fraction);
  const base::Json artefact = train_flow({.sample = sample,
                                          .is_validation = is_validation,
                                          .settings = settings,
                                          .scaling = &task.inputs.simulation,
                                          .base = base},
                                         task.config, title, task.store, task.monitor);
  training.push_back(training_curve(title, artefact));
  return flow::Flow::from_json(artefact.at("flows").front());
}

BackgroundModels train_background_models(const SearchInputs& inputs, const SearchConfig& config,
                                         const base::TaskStore& store, const base::Monitor& monitor) {
  const auto n_models = static_cast<std::size_t>(config.flow_members);
  BackgroundModels models;
  models.data_fold = events::assign_folds(seed_of(config), "control region folds/data", split_index(inputs.data),
                                          n_region_folds(config));
  models.simulation_fold = folds_beside_data(inputs.simulation, models.data_fold, seed_of(config),
                                             "control region folds/simulation", n_region_folds(config));
  std::vector<std::optional<BackgroundModel>> trained(n_models);
  std::vector<std::vector<TrainingCurve>> training(n_models);
  base::for_each_task(n_models, store, base::AtOnce::kAll, [&](std::size_t member, const base::TaskStore& shared) {
    const ModelTask task = make_task(inputs, config, shared, monitor, models, member);
    training[member].clear();  // begun before, when another process was at a part of it
    trained[member] = train_model(task, training[member]);
  });
  for (std::size_t member = 0; member < n_models; ++member) {
    models.models.push_back(std::move(*trained[member]));
    models.training.insert(models.training.end(), training[member].begin(), training[member].end());
  }
  return models;
}

ConstructedBackground construct_background(const BackgroundModel& model, const Sample& simulation,
                                           const std::vector<std::size_t>& rows, const SearchConfig& config,
                                           const base::RandomStream& stream) {
  const auto copies = static_cast<std::size_t>(config.extrapolation.copies);
  ConstructedBackground background;
  for (std::size_t c = 0; c < copies; ++c) {
    background.source.insert(background.source.end(), rows.begin(), rows.end());
  }
  Sample events = take_events(simulation, background.source);
  background.x = constructed_features(model, events, stream);
  background.weight = event_weights(model, events);
  for (float& w : background.weight) {
    w /= static_cast<float>(copies);
  }
  const std::vector<double> own = weights_or_ones(events);
  background.n_clipped = clip_weights(config.weights.clip, own, background.weight);
  std::ranges::transform(background.weight, own, background.weight.begin(),
                         [](float learned, double weight) { return static_cast<float>(learned * weight); });
  background.context = std::move(events.context);
  return background;
}

ConstructedBackground take_constructed(const ConstructedBackground& background, const std::vector<std::size_t>& rows) {
  ConstructedBackground taken;
  taken.x = base::take_rows(background.x, rows);
  taken.context = base::take_rows(background.context, rows);
  for (const std::size_t row : rows) {
    taken.weight.push_back(background.weight[row]);
    taken.source.push_back(background.source[row]);
  }
  return taken;
}

}  // namespace eddy::search
