#pragma once
// What `eddy limit` found: limit.json (docs/limit.schema.json), the section of the report, and lines for the terminal.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/limits/limit_result.hpp>

#include <string>
#include <vector>

namespace eddy::report {

/// limit.json, with its figures; what binds it to a result is left to the run folder.
[[nodiscard]] Json limit_json(const search::LimitResult& result);

/// One line for each cut.
[[nodiscard]] std::vector<std::string> limit_lines(const search::LimitResult& result);

/// Efficiency and passing signal against the strength, limits of all cuts, fitted against injected signal,
/// what moves the fitted signal.
[[nodiscard]] std::vector<Figure> limit_figures(const search::LimitResult& result);

/// The section of the report, from limit.json: what is excluded, a table of all cuts, warnings and figures. Empty for
/// null.
[[nodiscard]] std::string limit_section(const Json& limit);

}  // namespace eddy::report
