#pragma once
// What every graph of a run begins with, and says of itself.

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/onnx_graph.hpp>
#include <eddy/search/derived_columns.hpp>

#include <string>
#include <vector>

namespace eddy::exchange {

struct OnnxRun {
  const base::Json& scorer;  ///< as RunFolder::read_scorer gives it
  const base::Json& result;
  std::string result_sha256;
  search::DerivedColumns derived = {};  ///< of the configuration
};

/// Columns of the run's files, in the order of its tables.
struct OnnxNames {
  std::vector<std::string> features;
  std::vector<std::string> contexts;
};
[[nodiscard]] OnnxNames onnx_names(const OnnxRun& run);

/// Inputs by name, each once, as two tables.
struct OnnxInputs {
  onnx::Value x;        ///< (events, n_features)
  onnx::Value context;  ///< (events, n_contexts); empty: the graph needs none
};
OnnxInputs add_inputs(onnx::Graph& graph, const OnnxRun& run, const OnnxNames& names, bool needs_context);

/// The input that says where in its step a feature of whole steps was put, in (-1/2, 1/2); the same name as a column of
/// `eddy score`.
[[nodiscard]] std::string spread_input(const std::string& feature);

/// Metadata: version, name, method and hash of the run; names, order and units of its columns.
void describe(onnx::Model& model, const OnnxRun& run, const OnnxNames& names, const std::string& what);

}  // namespace eddy::exchange
