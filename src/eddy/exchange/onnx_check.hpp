#pragma once
// The stored test vector of an exported scorer.

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/onnx_run.hpp>
#include <eddy/search/derived_columns.hpp>

#include <string>
#include <vector>

namespace eddy::exchange {

/// {"inputs": {name: [...]}, "outputs": {name: [...]}, "within": largest relative difference of scores and losses} of
/// 128 made-up events, spread evenly over the range that the models were trained on; no event of the data is among
/// them. `inputs` are those of the graph; `derived` columns are computed as eddy does.
[[nodiscard]] base::Json test_vector(const base::Json& scorer, const OnnxNames& names,
                                     const std::vector<std::string>& inputs, search::DerivedColumns derived);

/// A program in Python that compares model.onnx in its folder with test_vector.json, with ONNX Runtime.
[[nodiscard]] std::string check_program();

}  // namespace eddy::exchange
