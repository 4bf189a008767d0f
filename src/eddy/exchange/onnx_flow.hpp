#pragma once
// A conditional flow as nodes of a graph.

#include <eddy/exchange/onnx_graph.hpp>
#include <eddy/exchange/onnx_scaler.hpp>
#include <eddy/flow/flow.hpp>

namespace eddy::exchange::onnx {

/// z and log p of events; x: (events, n_features), context: (events, n_context), physical units.
struct FlowValues {
  Value latent;    ///< (events, n_features)
  Value log_prob;  ///< (events, 1), in inverse physical units
};
[[nodiscard]] FlowValues flow_forward(Graph& graph, const flow::Flow& flow, const Value& x, const Value& context);

/// z = f(u; context) of the layers of a stack alone; u: (events, n_features), context empty where the stack has none.
/// Without layers the log-Jacobian is empty.
[[nodiscard]] Mapped stack_forward(Graph& graph, const flow::AutoregressiveStack& stack,
                                   std::span<const float> parameters, const Value& u, const Value& context);

/// x = f^-1(z; context): (events, n_features).
[[nodiscard]] Value flow_inverse(Graph& graph, const flow::Flow& flow, const Value& z, const Value& context);

/// A dense layer y = x W + b of weights that lie as `shape` says, from `parameters` on: x (events, n_in_padded).
[[nodiscard]] Value dense(Graph& graph, const net::DenseShape& shape, std::span<const float> parameters,
                          const Value& x);
/// Columns of zeros up to `n`.
[[nodiscard]] Value padded(Graph& graph, const Value& x, std::size_t n_columns, std::size_t n);

}  // namespace eddy::exchange::onnx
