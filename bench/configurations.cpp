#include "configurations.hpp"

#include <eddy/base/random.hpp>

#include <algorithm>

namespace eddy::bench {
namespace {

flow::FlowSettings flow_settings(const char* transform, std::int64_t layers, std::int64_t hidden,
                                 std::int64_t batch_size) {
  flow::FlowSettings settings;
  settings.transform = transform;
  settings.layers = layers;
  settings.hidden = hidden;
  settings.blocks = 2;
  settings.feature_scaler = "standard";
  settings.context_scaler = "standard";
  settings.training = {.batch_size = batch_size, .schedule = "constant", .patience = 0};
  return settings;
}

}  // namespace

std::vector<FlowConfiguration> flow_configurations() {
  std::vector<FlowConfiguration> all = {
      {"conrad64", 3, 1, 60'000, flow_settings("rqs", 4, 64, 128)},
      {"conrad128", 3, 1, 60'000, flow_settings("rqs", 4, 128, 128)},
      {"generate", 5, 2, 60'000, flow_settings("affine", 4, 128, 216)},
      // As many as CATHODE has: once an epoch the constants of batch normalisation cost a pass over 40 000 events.
      {"cathode", 4, 1, 200'000, flow_settings("affine", 15, 128, 256)},
  };
  all.back().settings.batch_norm = true;
  return all;
}

classify::MlpSettings classifier_settings(std::int64_t batch_size) {
  classify::MlpSettings settings;
  settings.validation_fraction = 0.01;
  settings.training.batch_size = batch_size;
  settings.training.patience = 0;
  settings.training.keep_epochs = 1;  // one network is scored, as in PyTorch
  return settings;
}

FlowEvents::FlowEvents(std::size_t n_events, std::size_t n_features, std::size_t n_context)
    : x(n_events, n_features), context(n_events, n_context), is_validation(n_events) {
  base::fill_normal(base::RandomStream({1}, "features"), 0, x.values());
  base::fill_normal(base::RandomStream({1}, "context"), 0, context.values());
  for (std::size_t i = 0; i < n_events; ++i) {
    is_validation[i] = i % 100 == 0 ? 1 : 0;
    for (std::size_t d = 0; d < n_features; ++d) {
      x(i, d) += 0.3F * context(i, 0) + (d > 0 ? 0.5F * x(i, d - 1) : 0.0F);
    }
  }
}

std::size_t FlowEvents::n_training() const {
  return static_cast<std::size_t>(std::ranges::count(is_validation, std::uint8_t{0}));
}

std::size_t count_weights(const flow::AutoregressiveStack& stack) {
  std::size_t n = 0;
  for (std::size_t l = 0; l < stack.network().n_layers(); ++l) {
    const net::DenseShape& shape = stack.network().layer_shape(l);
    for (std::size_t i = 0; i < shape.n_in(); ++i) {
      for (std::size_t o = 0; o < shape.n_out(); ++o) {
        n += shape.connected(i, o) ? 1 : 0;
      }
    }
  }
  return n * stack.shape().n_layers;
}

std::size_t count_classifier_weights() {
  const classify::MlpSettings settings;
  const auto hidden = static_cast<std::size_t>(settings.hidden);
  const auto inner = static_cast<std::size_t>(settings.layers) - 1;
  return hidden * (kClassifierInputs + inner * hidden + 1);
}

}  // namespace eddy::bench
