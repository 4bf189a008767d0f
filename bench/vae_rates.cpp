#include "vae_rates.hpp"
#include <eddy/base/json.hpp>

#include "configurations.hpp"
#include "rates.hpp"

#include <eddy/vae/fit.hpp>

#include <string>

namespace eddy::bench {
namespace {

/// Uniform in (0, 1), one event in a hundred for validation.
struct UniformEvents {
  UniformEvents(std::size_t n_events, std::size_t n_features) : x(n_events, n_features), is_validation(n_events) {
    base::RandomStream stream({1}, "events");
    for (float& value : x.values()) {
      value = static_cast<float>(stream.uniform());
    }
    for (std::size_t i = 0; i < n_events; i += 100) {
      is_validation[i] = 1;
    }
  }
  base::Matrix x;
  std::vector<std::uint8_t> is_validation;
};

std::size_t count_vae_weights(const vae::NetworkShape& shape) {
  std::size_t n = 3 * shape.n_latent * shape.hidden.back();  // mu, log sigma^2, and the decoder's first layer
  std::size_t n_in = shape.n_features;
  for (const std::size_t n_out : shape.hidden) {
    n += 2 * n_in * n_out;
    n_in = n_out;
  }
  return n + count_weights(vae::Network(shape).flow());
}

}  // namespace

std::vector<VaeConfiguration> vae_configurations() {
  std::vector<VaeConfiguration> all = {{"quak", 12, 100'000, {}}, {"quak_mnist", 784, 10'000, {}}};
  vae::VaeSettings& images = all.back().settings;
  images.hidden = {512, 256, 128};
  images.latent = 16;
  images.flow_layers = 0;
  images.reconstruction = "bce";
  for (VaeConfiguration& configuration : all) {
    configuration.settings.training = {.epochs = kManyEpochs, .batch_size = 256, .schedule = "constant", .patience = 0};
  }
  return all;
}

base::Json vae_rates(const VaeConfiguration& configuration, double seconds) {
  const UniformEvents events(configuration.n_events, configuration.n_features);
  const auto fit = [&](const vae::VaeSettings& settings, const base::Monitor& monitor) {
    return vae::fit_vae(events.x, events.is_validation, settings, {1}, "bench", monitor);
  };
  base::Json json =
      counted_weights(count_vae_weights(vae::network_shape(configuration.settings, configuration.n_features)));
  json["training"][std::to_string(configuration.settings.training.batch_size)] =
      to_json(training_rate(configuration.n_events * 99 / 100, seconds, [&](const base::Monitor& monitor) {
        static_cast<void>(fit(configuration.settings, monitor));
      }));
  vae::VaeSettings brief = configuration.settings;
  brief.training.epochs = 1;
  const vae::Vae vae = fit(brief, {}).vae;
  json["density"] =
      to_json(best_rate(seconds, [&] { return static_cast<double>(vae.reconstruction_loss(events.x).size()); }));
  return json;
}

}  // namespace eddy::bench
