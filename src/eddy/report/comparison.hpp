#pragma once
// Several finished runs side by side, as one document: compare.json (docs/compare.schema.json).

#include <eddy/base/json_fwd.hpp>

#include <string>
#include <vector>

namespace eddy::report {

using base::Json;

/// What a comparison needs of one run: `result` is its result.json, `facts` its run.json. Throws Json::exception when
/// they are not those of a run.
[[nodiscard]] Json compared_run(const std::string& folder, const Json& stored, const Json& facts);

/// The comparison of runs as compared_run gives them, two or more of any family. Each gets a label, unique, from its
/// name and method. Benchmarks with the same numbers in several runs are listed once.
[[nodiscard]] Json compare(const std::vector<Json>& runs);

/// Whether a document is a comparison.
[[nodiscard]] bool is_comparison(const Json& document);

}  // namespace eddy::report
