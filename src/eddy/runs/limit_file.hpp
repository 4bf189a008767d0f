#pragma once
// limit.json of a run: it belongs to one result.

#include <eddy/base/json_fwd.hpp>
#include <eddy/runs/run_folder.hpp>

#include <memory>

namespace eddy::runs {

/// Writes `limit` as that of `result`.
void write_limit(const RunFolder& folder, const base::Json& result, base::Json limit);

/// limit.json of `result`; nothing where there is none. Throws InputError for one of another result, IoError for one
/// that is damaged.
[[nodiscard]] std::unique_ptr<base::Json> read_limit(const RunFolder& folder, const base::Json& result);

}  // namespace eddy::runs
