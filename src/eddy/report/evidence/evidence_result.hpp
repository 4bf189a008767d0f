#pragma once
// What result.json says of one working point: the numbers that all have, and the evidence behind them.

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/finding.hpp>

namespace eddy::report {

using base::Json;

/// Cut, counts, prediction, p, Z and limit of `point`.
[[nodiscard]] Json point_numbers_json(const search::WorkingPoint& point);

/// Adds to `json`, which has the numbers of the point, what its evidence has beyond them: enough to find every number
/// again.
void add_evidence(Json& json, const search::Abcd& abcd);
void add_evidence(Json& json, const search::BumpHunt& hunt);
void add_evidence(Json& json, const search::TemplateCount& count);
void add_evidence(Json& json, const search::CategorySearch& search);

}  // namespace eddy::report
