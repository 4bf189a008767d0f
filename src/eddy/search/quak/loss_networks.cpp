#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/quak/loss_networks.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>
#include <eddy/vae/fit.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes trained networks, so that old artefacts are not taken for new ones.
constexpr int kNetworkTaskVersion = 3;

LossScaling fit_scaling(const SearchConfig& config, const Sample& background) {
  if (config.quak.scaler == "pixels") {
    return {};
  }
  const std::vector<events::ScalerKind> kinds(config.features.x.size(), events::parse_scaler_kind(config.quak.scaler));
  return {events::Scaler::fit(kinds, config.features.x, background.x, base::single_precision(background.weight))};
}

base::Json fit_to_json(const vae::VaeFit& fit) {
  return {{"network", fit.vae.to_json()},
          {"train_loss", fit.train_loss},
          {"validation_loss", fit.validation_loss},
          {"best_epoch", fit.best_epoch}};
}

/// Trains the network called `name` on `sample`, all of whose events may be used; its artefact.
base::Json train_network(const Sample& sample, const LossScaling& scaling, const std::string& name,
                         const SearchConfig& config, const base::TaskStore& store, const base::Monitor& monitor) {
  const base::Seed seed = seed_of(config);
  const base::Matrix x = scaling.forward(sample.x);
  const std::vector<std::uint8_t> is_validation =
      events::assign_subset(seed, "quak validation", split_index(sample), config.vae.validation_fraction);
  const std::vector<float> weight = base::single_precision(sample.weight);
  base::TaskInputs inputs;
  inputs.add("scaled x", x).add("validation", is_validation);
  if (!sample.weight.empty()) {
    inputs.add("weight", weight);
  }
  const base::TaskKey key(inputs, {{"version", kNetworkTaskVersion},
                                   {"settings", base::settings_to_json(config.vae)},
                                   {"features", config.features.x},
                                   {"seed", config.search.seed},
                                   {"task", name}});  // part of its random stream
  const auto compute = [&] {
    return fit_to_json(vae::fit_vae(x, is_validation, config.vae, seed, name, monitor, weight));
  };
  return store.get_or_compute("vae", key, compute, monitor);
}

}  // namespace

base::Matrix LossScaling::forward(base::MatrixView x) const {
  if (fitted) {
    return fitted->forward(x);
  }
  constexpr float kWhite = 255;
  base::Matrix scaled(x.rows, x.cols);
  for (std::size_t r = 0; r < x.rows; ++r) {
    std::ranges::transform(x.row(r), scaled.row(r).begin(), [](float pixel) { return pixel / kWhite; });
  }
  return scaled;
}

LossNetworks train_loss_networks(const SearchInputs& inputs, const SearchConfig& config, const base::TaskStore& store,
                                 const base::Monitor& monitor) {
  LossNetworks space{.names = {"background"}, .scaling = {}, .networks = {}, .training = {}};
  std::vector<Sample> samples = {training_part(config, inputs.background)};
  for (std::size_t p = 0; p < inputs.priors.size(); ++p) {
    space.names.push_back(config.priors[p].name);
    samples.push_back(training_part(config, inputs.priors[p]));
  }
  space.scaling = fit_scaling(config, samples.front());
  std::vector<base::Json> artefacts(samples.size());
  base::for_each_task(samples.size(), store, base::AtOnce::kAll, [&](std::size_t i, const base::TaskStore& shared) {
    artefacts[i] = train_network(samples[i], space.scaling, "autoencoder " + space.names[i], config, shared, monitor);
  });
  for (std::size_t i = 0; i < artefacts.size(); ++i) {
    space.networks.push_back(vae::Vae::from_json(artefacts[i].at("network")));
    space.training.push_back({"autoencoder " + space.names[i], artefacts[i].at("train_loss"),
                              artefacts[i].at("validation_loss"), artefacts[i].at("best_epoch")});
  }
  return space;
}

vae::Vae train_joint_network(const SearchInputs& inputs, const SearchConfig& config, const LossNetworks& space,
                             const std::vector<std::string>& names, const base::TaskStore& store,
                             const base::Monitor& monitor) {
  Sample joint;
  std::string title = "autoencoder of";
  for (std::size_t i = 0; i < space.names.size(); ++i) {
    if (std::ranges::count(names, space.names[i]) == 0) {
      continue;
    }
    const Sample part = training_part(config, i == 0 ? inputs.background : inputs.priors[i - 1]);
    joint.x = base::stack_rows(joint.x, part.x);
    const std::vector<double> weight = weights_or_ones(part);
    const double mean = std::accumulate(weight.begin(), weight.end(), 0.0) / static_cast<double>(weight.size());
    // Each sample counts by its number of events: a prior with weights of its cross-section must not vanish.
    std::ranges::transform(weight, std::back_inserter(joint.weight),
                           [&](double w) { return mean == 1 ? w : w / mean; });
    const std::vector<std::uint64_t>& index = split_index(part);
    joint.index.insert(joint.index.end(), index.begin(), index.end());
    title += " " + space.names[i];
  }
  if (classify::are_equal(base::single_precision(joint.weight))) {
    joint.weight.clear();
  }
  const base::Json artefact = train_network(joint, space.scaling, title, config, store, monitor);
  return vae::Vae::from_json(artefact.at("network"));
}

base::Matrix losses_of(const LossNetworks& space, base::MatrixView x) {
  const base::Matrix scaled = space.scaling.forward(x);
  base::Matrix losses(x.rows, space.networks.size());
  for (std::size_t d = 0; d < space.networks.size(); ++d) {
    const std::vector<float> loss = space.networks[d].reconstruction_loss(scaled);
    for (std::size_t i = 0; i < loss.size(); ++i) {
      losses(i, d) = loss[i];
    }
  }
  return losses;
}

}  // namespace eddy::search
