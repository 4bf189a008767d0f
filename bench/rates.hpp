#pragma once

#include "clock.hpp"
#include "configurations.hpp"

#include <eddy/base/artefact.hpp>

namespace eddy::bench {

/// Events per second of a flow on the calling thread, as users pay them: training with the gathering of shuffled
/// batches, forward, backward, Adam and validation (but not the scaling before it); density and sampling with scalers.
/// Each is measured for about `seconds`. Keys: active_weights, flops_per_event, training (by batch size), density,
/// sampling.
[[nodiscard]] base::Json flow_rates(const FlowConfiguration& configuration, double seconds);

/// The same of the classifier, where density is the score.
[[nodiscard]] base::Json classifier_rates(double seconds);

/// Rate of eddy's own product of a dense 128 x 128 matrix with panels, in 10^9 operations per second.
[[nodiscard]] double dense_gflops(double seconds);

/// A flow of the configuration after few epochs over few events.
[[nodiscard]] flow::Flow short_fit(const FlowConfiguration& configuration, std::size_t n_events, std::int64_t epochs);

/// The stack that a flow is made of.
[[nodiscard]] flow::AutoregressiveStack stack_of(const flow::Flow& flow);

}  // namespace eddy::bench
