#pragma once
// Classifiers as nodes of a graph, from their JSON.

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/onnx_graph.hpp>

#include <cstddef>

namespace eddy::exchange::onnx {

/// The probability of label 1, (events, 1), rounded to float32; x: (events, n_inputs) of what float32 holds. Throws
/// InputError for trees that this version cannot read.
[[nodiscard]] Value classified(Graph& graph, const base::Json& classifier, const Value& x);

/// The fraction of a reference that scores at least as high, (events, 1): ScoreCalibration::efficiency of a packed
/// calibration; score: (events, 1).
[[nodiscard]] Value background_efficiency(Graph& graph, const base::Json& calibration, const Value& score);

}  // namespace eddy::exchange::onnx
