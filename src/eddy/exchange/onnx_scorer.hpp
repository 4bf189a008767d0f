#pragma once
// The whole scorer of a run as ONNX graphs.

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/export_folder.hpp>
#include <eddy/search/derived_columns.hpp>

#include <string>
#include <utility>
#include <vector>

namespace eddy::exchange {

struct OnnxRun {
  const base::Json& scorer;  ///< as RunFolder::read_scorer gives it
  const base::Json& result;
  std::string result_sha256;
  search::DerivedColumns derived = {};  ///< of the configuration
};

/// model.onnx: features and contexts by their names, (events, 1) float32 in the units of the files -> "score" and
/// "background_efficiency", (events), as `eddy score` gives them for events that no classifier was trained on; for each
/// flow flow_I.onnx (log_prob, latent) and flow_I.sample.onnx (x from a given latent); test_vector.json with 128
/// events; check.py, which compares both with ONNX Runtime. Throws InputError where the score needs more than a graph
/// can say.
[[nodiscard]] ExportFiles onnx_files(const OnnxRun& run);

}  // namespace eddy::exchange
