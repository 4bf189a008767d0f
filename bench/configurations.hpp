#pragma once
// What is compared with PyTorch: the networks of the published searches. bench/pytorch/throughput.py has the same list.

#include <eddy/base/matrix.hpp>
#include <eddy/classify/mlp.hpp>
#include <eddy/flow/fit.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::bench {

struct FlowConfiguration {
  std::string_view name;
  std::size_t n_features;
  std::size_t n_context;
  std::size_t n_events;  ///< of the training sample
  flow::FlowSettings settings;
};

/// The flows: standard scalers, two residual blocks per conditioner as nflows, constant learning rate.
[[nodiscard]] std::vector<FlowConfiguration> flow_configurations();

/// The classifier, named "mlp": its settings, inputs and batch sizes.
inline constexpr std::string_view kClassifierName = "mlp";
inline constexpr std::size_t kClassifierInputs = 4;
inline constexpr std::size_t kClassifierEvents = 400'000;
[[nodiscard]] classify::MlpSettings classifier_settings(std::int64_t batch_size);

/// Correlated normal features whose mean depends on the context.
struct FlowEvents {
  FlowEvents(std::size_t n_events, std::size_t n_features, std::size_t n_context);
  /// One event in a hundred checks the training.
  [[nodiscard]] flow::FlowSample sample() const { return {x, context, is_validation}; }
  [[nodiscard]] std::size_t n_training() const;

  base::Matrix x;
  base::Matrix context;
  std::vector<std::uint8_t> is_validation;
};

/// Weights that exist, without masked and padded ones, all layers together: each is one multiply-add per event.
[[nodiscard]] std::size_t count_weights(const flow::AutoregressiveStack& stack);
[[nodiscard]] std::size_t count_classifier_weights();

}  // namespace eddy::bench
