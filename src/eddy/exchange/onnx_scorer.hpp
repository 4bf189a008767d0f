#pragma once
// The whole scorer of a run as ONNX graphs.

#include <eddy/exchange/export_folder.hpp>
#include <eddy/exchange/onnx_run.hpp>

namespace eddy::exchange {

/// Of a search with a score, model.onnx: features and contexts by their names, (events, 1) float32 in the units of the
/// files -> "score" and "background_efficiency", (events), as `eddy score` gives them for events that no classifier was
/// trained on; of a search in a space of losses: what onnx_losses.hpp says. For each flow flow_I.onnx (log_prob,
/// latent) and flow_I.sample.onnx (x from a given latent); test_vector.json with 128 events; check.py, which compares
/// both with ONNX Runtime. A feature that takes whole steps has an input of its own for its place in the step
/// (spread_input). Throws InputError for trees that no graph has.
[[nodiscard]] ExportFiles onnx_files(const OnnxRun& run);

}  // namespace eddy::exchange
