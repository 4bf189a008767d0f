#include <eddy/base/hash.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/flow_ensemble.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes trained flows, so that old artefacts are not taken for new ones.
constexpr int kFlowTaskVersion = 3;
/// At least this many template folds: each flow trains on four fifths of the template.
constexpr std::size_t kMinTemplateFolds = 5;

/// The artefact of a flow task: one flow per kept epoch, and the loss curves.
base::Json fit_to_json(const flow::FlowFit& fit) {
  base::Json flows = base::Json::array();
  for (const flow::Flow& flow : fit.flows) {
    flows.push_back(flow.to_json());
  }
  return {{"flows", std::move(flows)},
          {"train_loss", fit.train_loss},
          {"validation_loss", fit.validation_loss},
          {"best_epoch", fit.best_epoch}};
}

std::vector<std::uint8_t> flags_of_fold(const std::vector<std::uint8_t>& folds, std::size_t fold) {
  std::vector<std::uint8_t> flags(folds.size());
  std::ranges::transform(folds, flags.begin(), [&](std::uint8_t f) { return f == fold ? 1 : 0; });
  return flags;
}

}  // namespace

base::Json train_flow(const FlowTraining& training, const SearchConfig& config, const std::string& name,
                      base::Json& identity, const base::TaskStore& store, const base::Monitor& monitor) {
  identity["version"] = kFlowTaskVersion;
  identity["settings"] = base::settings_to_json(training.settings);
  identity["features"] = config.features.x;
  identity["seed"] = config.search.seed;
  identity["task"] = name;  // part of its random stream
  const auto compute = [&] {
    flow::FlowSample sample{training.sample.x, training.sample.context, training.is_validation, {},
                            config.features.x, config.features.context};
    if (training.scaling != nullptr) {
      sample.scaling_x = training.scaling->x;
      sample.scaling_context = training.scaling->context;
    }
    sample.base = training.base;
    const base::Seed seed{static_cast<std::uint64_t>(config.search.seed)};
    return fit_to_json(flow::fit_flow(sample, training.settings, seed, name, monitor));
  };
  return store.get_or_compute("flow", identity, compute, monitor);
}

TrainingCurve training_curve(const std::string& name, const base::Json& artefact) {
  return {name, artefact.at("train_loss"), artefact.at("validation_loss"), artefact.at("best_epoch")};
}

SpaceKind parse_space(const std::string& name) {
  return name == "x" ? SpaceKind::kX : name == "z" ? SpaceKind::kZ : SpaceKind::kXPrime;
}

std::string to_string(SpaceKind kind) { return kind == SpaceKind::kX ? "x" : kind == SpaceKind::kZ ? "z" : "x_prime"; }

FlowEnsemble train_flows(const LoadedSample& sample, const SearchConfig& config, const std::string& name,
                         const base::TaskStore& store, const base::Monitor& monitor) {
  const base::Seed seed{static_cast<std::uint64_t>(config.search.seed)};
  const auto n_members = static_cast<std::size_t>(config.flow_members);
  const std::size_t n_folds = std::max(kMinTemplateFolds, n_members);
  FlowEnsemble ensemble;
  ensemble.template_fold = events::assign_folds(seed, "template folds", sample.index, n_folds);
  const base::Json shared = {
      {"x", base::sha256(sample.x.values())}, {"context", base::sha256(sample.context.values())}, {"folds", n_folds}};
  std::vector<base::Json> artefacts(n_members);
  std::vector<base::Json> identities(n_members, shared);
  base::parallel_tasks(n_members, [&](std::size_t m) {
    identities[m]["member"] = m;
    const std::vector<std::uint8_t> is_validation = flags_of_fold(ensemble.template_fold, m);
    artefacts[m] = train_flow({.sample = sample, .is_validation = is_validation, .settings = config.flow}, config,
                              fmt::format("{} {}", name, m + 1), identities[m], store, monitor);
  });
  for (std::size_t m = 0; m < n_members; ++m) {
    for (std::size_t e = 0; e < artefacts[m].at("flows").size(); ++e) {
      base::Json identity = identities[m];
      identity["epoch rank"] = e;
      ensemble.members.push_back({flow::Flow::from_json(artefacts[m].at("flows")[e]), m, std::move(identity)});
    }
    ensemble.training.push_back(training_curve(fmt::format("{} {}", name, m + 1), artefacts[m]));
  }
  return ensemble;
}

LatentSpace choose_space(const SearchConfig& config, const LoadedSample& sample) {
  std::vector<float> context;
  for (const std::size_t row : region_rows(sample, true)) {
    context.push_back(sample.context(row, 0));
  }
  const auto at =
      static_cast<std::size_t>(config.classifier.context_quantile * static_cast<double>(context.size() - 1));
  std::ranges::nth_element(context, context.begin() + static_cast<std::ptrdiff_t>(at));
  return {parse_space(config.classifier.space), context[at]};
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
