#pragma once

#include <eddy/base/artefact.hpp>
#include <eddy/search/conrad_output.hpp>

namespace eddy::report {

using base::Json;

/// result.json of a CONRAD run: everything a run found, nothing that depends on when, where or how fast it ran. Keys
/// are sorted, numbers have full precision and those that are not finite are null, so equal results give equal bytes.
/// docs/result.schema.json describes it.
[[nodiscard]] Json conrad_result(const search::ConradOutput& output);

}  // namespace eddy::report
