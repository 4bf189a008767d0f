#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/flow_record.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes trained flows, so that old artefacts are not taken for new ones.
constexpr int kFlowTaskVersion = 6;
/// At least this many template folds: each flow trains on four fifths of the template.
constexpr std::size_t kMinTemplateFolds = 5;

/// The artefact of a flow task: one flow per kept epoch, and the loss curves.
base::Json fit_to_json(const flow::FlowFit& fit) {
  base::Json flows = base::Json::array();
  for (const flow::Flow& flow : fit.flows) {
    flows.push_back(flow.to_json());
  }
  base::Json json = {{"flows", std::move(flows)},
                     {"train_loss", fit.train_loss},
                     {"validation_loss", fit.validation_loss},
                     {"best_epoch", fit.best_epoch}};
  if (!fit.shares.empty()) {
    json["shares"] = fit.shares;
  }
  return json;
}

/// A view of `training`, whose weights are `weight` in single precision.
flow::FlowSample flow_sample(const FlowTraining& training, std::span<const float> weight, const SearchConfig& config) {
  flow::FlowSample sample{training.sample.x, training.sample.context, training.is_validation, weight,
                          config.features.x, config.features.context};
  if (training.scaling != nullptr) {
    sample.scaling_x = training.scaling->x;
    sample.scaling_context = training.scaling->context;
  }
  sample.base = training.base;
  sample.mixture = training.mixture;
  return sample;
}

/// Of a flow that begins where another of its kind ended.
flow::FlowSettings warm_settings(const flow::FlowSettings& cold, const CalibrationSection& calibration) {
  flow::FlowSettings warm = cold;
  warm.training.epochs = calibration.warm_epochs;
  warm.training.learning_rate /= 2;
  return warm;
}

/// Everything that the training of a flow sees.
base::TaskInputs inputs_of(const flow::FlowSample& sample) {
  base::TaskInputs inputs;
  inputs.add("x", sample.x).add("context", sample.context).add("validation", sample.is_validation);
  inputs.add("weight", sample.weight);
  inputs.add("scaling x", sample.scaling_x).add("scaling context", sample.scaling_context);
  if (sample.base != nullptr) {
    inputs.add_model("base", sample.base->to_json());
  }
  if (sample.start != nullptr) {
    inputs.add_model("start", sample.start->to_json());
  }
  if (sample.mixture) {
    inputs.add("log background", sample.mixture->log_background);
  }
  return inputs;
}

std::vector<std::uint8_t> flags_of_fold(const std::vector<std::uint8_t>& folds, std::size_t fold) {
  std::vector<std::uint8_t> flags(folds.size());
  std::ranges::transform(folds, flags.begin(), [&](std::uint8_t f) { return f == fold ? 1 : 0; });
  return flags;
}

}  // namespace

base::Json train_flow(const FlowTraining& training, const SearchConfig& config, const std::string& name,
                      const base::TaskStore& store, const base::Monitor& monitor) {
  const std::vector<float> weight = base::single_precision(training.sample.weight);
  flow::FlowSample sample = flow_sample(training, weight, config);
  const bool is_mixture = training.mixture.has_value();
  sample.start = config.first_flows && !is_mixture ? config.first_flows->find(name) : nullptr;
  const flow::FlowSettings settings =
      sample.start != nullptr ? warm_settings(training.settings, config.calibration) : training.settings;
  base::Json seen = {{"version", kFlowTaskVersion},   {"settings", base::settings_to_json(settings)},
                     {"features", config.features.x}, {"contexts", config.features.context},
                     {"seed", config.search.seed},    {"task", name}};
  if (is_mixture) {
    seen["share"] = {training.mixture->share, training.mixture->is_learned};
  }
  const base::TaskKey key(inputs_of(sample), seen);
  const auto compute = [&] {
    const base::Seed seed = seed_of(config);
    return fit_to_json(flow::fit_flow(sample, settings, seed, name, monitor));
  };
  base::Json artefact = store.get_or_compute("flow", key, compute, monitor);
  if (config.trained_flows && !is_mixture) {
    config.trained_flows->keep(name, artefact);
  }
  return artefact;
}

TrainingCurve training_curve(const std::string& name, const base::Json& artefact) {
  return {name, artefact.at("train_loss"), artefact.at("validation_loss"), artefact.at("best_epoch")};
}

SpaceKind parse_space(const std::string& name) {
  return name == "x" ? SpaceKind::kX : name == "z" ? SpaceKind::kZ : SpaceKind::kXPrime;
}

std::string to_string(SpaceKind kind) { return kind == SpaceKind::kX ? "x" : kind == SpaceKind::kZ ? "z" : "x_prime"; }

FlowEnsemble train_flows(const Sample& sample, const SearchConfig& config, const std::string& name,
                         const base::TaskStore& store, const base::Monitor& monitor) {
  const base::Seed seed = seed_of(config);
  const auto n_members = static_cast<std::size_t>(config.flow_members);
  const std::size_t n_folds = std::max(kMinTemplateFolds, n_members);
  FlowEnsemble ensemble;
  ensemble.template_fold = events::assign_folds(seed, "template folds", split_index(sample), n_folds);
  std::vector<base::Json> artefacts(n_members);
  base::for_each_task(n_members, store, base::AtOnce::kAll, [&](std::size_t m, const base::TaskStore& shared) {
    const std::vector<std::uint8_t> is_validation = flags_of_fold(ensemble.template_fold, m);
    artefacts[m] = train_flow({.sample = sample, .is_validation = is_validation, .settings = config.flow}, config,
                              fmt::format("{} {}", name, m + 1), shared, monitor);
  });
  for (std::size_t m = 0; m < n_members; ++m) {
    for (const base::Json& flow : artefacts[m].at("flows")) {
      ensemble.members.push_back({flow::Flow::from_json(flow), m});
    }
    ensemble.training.push_back(training_curve(fmt::format("{} {}", name, m + 1), artefacts[m]));
  }
  return ensemble;
}

LatentSpace choose_space(const SearchConfig& config, const Sample& sample) {
  std::vector<std::pair<float, double>> context;  // and weight
  double total = 0;
  for (const std::size_t row : region_rows(sample, true)) {
    context.emplace_back(sample.context(row, 0), sample.weight.empty() ? 1.0 : sample.weight[row]);
    total += context.back().second;
  }
  if (context.empty()) {
    throw base::InputError(
        fmt::format("no event of the {} is in the signal region; loosen the selection", sample.name));
  }
  std::ranges::sort(context);
  // The first event with more than the quantile of all others at or below it.
  const double wanted = config.classifier.context_quantile * (total - total / static_cast<double>(context.size()));
  double below = 0;
  const auto at = std::ranges::find_if(context, [&](const auto& event) { return (below += event.second) > wanted; });
  return {parse_space(config.classifier.space), at == context.end() ? context.back().first : at->first};
}

base::Matrix to_space(const flow::Flow& flow, const LatentSpace& space, base::MatrixView x, base::MatrixView context) {
  base::Matrix z = flow.to_latent(x, context);
  if (space.kind == SpaceKind::kZ) {
    return z;
  }
  base::Matrix fixed(x.rows, 1);
  std::ranges::fill(fixed.values(), space.fixed_context);
  return flow.from_latent(z, fixed);
}

base::Matrix normal_in_space(const flow::Flow& flow, const LatentSpace& space, std::size_t n_events,
                             const base::RandomStream& stream) {
  base::Matrix z(n_events, flow.n_features());
  base::fill_normal(stream, 0, z.values());
  if (space.kind == SpaceKind::kZ) {
    return z;
  }
  base::Matrix fixed(n_events, 1);
  std::ranges::fill(fixed.values(), space.fixed_context);
  return flow.from_latent(z, fixed);
}

std::vector<std::size_t> held_out_rows(const FlowEnsemble& ensemble, std::size_t member) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < ensemble.template_fold.size(); ++i) {
    if (ensemble.template_fold[i] == ensemble.members[member].template_fold) {
      rows.push_back(i);
    }
  }
  return rows;
}

}  // namespace eddy::search
