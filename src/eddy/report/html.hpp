#pragma once

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// One self-contained HTML page that needs no network: `stored` is result.json (of this
/// version or an earlier one), `figures` is figures.json
/// (docs/figures.md) and `run_facts` is run.json (timing, machine; may be null). `limit` is limit.json, where there is
/// one of this result.
[[nodiscard]] std::string render_report(const Json& stored, const Json& figures, const Json& run_facts,
                                        const Json* limit = nullptr);

}  // namespace eddy::report
