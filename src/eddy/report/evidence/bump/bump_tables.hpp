#pragma once
// The tables that only the report of a resonant search has, as HTML.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// One row per working point: counts in the signal region, strength, local and global significance, limit, quality of
/// the fit. Numbers of a poor background fit are marked.
[[nodiscard]] std::string hunt_table(const Json& result);
/// Shape and order of the background, quality of the fits, counting, toys and thresholds of each working point.
[[nodiscard]] std::string fit_table(const Json& result);
/// Why numbers of fits are missing, in words, as far as no warning says so; empty when none are.
[[nodiscard]] std::string failure_list(const Json& result);
/// chi2/ndof of each detector at 10, 3 and 1 % (the nearest efficiency that was measured); empty without sculpting.
[[nodiscard]] std::string sculpting_table(const Json& result);

}  // namespace eddy::report
