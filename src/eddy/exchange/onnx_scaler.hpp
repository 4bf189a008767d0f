#pragma once
// What is done to features before a model sees them, as nodes of a graph: from the JSON of the models (Scaler,
// MovingQuantiles), with the same rounding to float32 between steps.

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/onnx_graph.hpp>

namespace eddy::exchange::onnx {

/// A value of shape (events, n), and the log-Jacobian of what made it, (events, 1).
struct Mapped {
  Value value;
  Value log_jacobian;
};

/// Each column by its scaler. x: (events, n).
[[nodiscard]] Mapped scaled(Graph& graph, const base::Json& scaler, const Value& x);
[[nodiscard]] Value unscaled(Graph& graph, const base::Json& scaler, const Value& u);

/// MovingQuantiles::forward and inverse; `context` (events, 1).
[[nodiscard]] Mapped made_stationary(Graph& graph, const base::Json& moving, const Value& x, const Value& context);
[[nodiscard]] Value made_moving(Graph& graph, const base::Json& moving, const Value& stationary, const Value& context);

}  // namespace eddy::exchange::onnx
