#pragma once
// A space of losses (QUAK) as a graph.

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/onnx_run.hpp>

#include <string>
#include <vector>

namespace eddy::exchange {

/// Features (and the mass, where categories were fitted) by their names, (events, 1) float32 in the units of the files
/// -> "loss_background" and "loss_" + each prior, (events) float32; where categories were fitted "category" and
/// "in_spectrum", (events) int64: the columns of `eddy score`. `scorer`: as search::make_loss_scorer packs it.
[[nodiscard]] onnx::Model losses_model(const OnnxRun& run, const base::Json& scorer, const OnnxNames& names);

/// Whether a scorer is one of losses.
[[nodiscard]] bool has_losses(const base::Json& scorer);

}  // namespace eddy::exchange
