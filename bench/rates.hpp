#pragma once

#include "clock.hpp"
#include "configurations.hpp"

#include <eddy/base/json.hpp>
#include <eddy/base/monitor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>

namespace eddy::bench {

/// Events per second of a flow on the calling thread, as users pay them: training with the gathering of shuffled
/// batches, forward, backward, Adam and validation (but not the scaling before it); density and sampling with scalers.
/// Each is measured for about `seconds`. Keys: active_weights, flops_per_event, training (by batch size), density,
/// sampling.
[[nodiscard]] base::Json flow_rates(const FlowConfiguration& configuration, double seconds);

/// The same of the classifier, where density is the score.
[[nodiscard]] base::Json classifier_rates(double seconds);

/// More than any training gets to see before its monitor stops it.
inline constexpr std::int64_t kManyEpochs = 1'000'000;

/// Times the epochs of `train`, which trains on n_events events until the monitor stops it after about `seconds`.
[[nodiscard]] Rate training_rate(std::size_t n_events, double seconds,
                                 const std::function<void(const base::Monitor&)>& train);

/// Keys events_per_cpu_second, events_per_wall_second.
[[nodiscard]] base::Json to_json(const Rate& rate);
/// Keys active_weights, flops_per_event of a network of n weights.
[[nodiscard]] base::Json counted_weights(std::size_t n);

/// Rate of eddy's own product of a dense 128 x 128 matrix with panels, in 10^9 operations per second.
[[nodiscard]] double dense_gflops(double seconds);

/// A flow of the configuration after few epochs over few events.
[[nodiscard]] flow::Flow short_fit(const FlowConfiguration& configuration, std::size_t n_events, std::int64_t epochs);

/// The stack that a flow is made of.
[[nodiscard]] flow::AutoregressiveStack stack_of(const flow::Flow& flow);

}  // namespace eddy::bench
