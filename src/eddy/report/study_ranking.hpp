#pragma once
// The settings of a study in the order of each number of which it is known which end is better.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

/// Of the "columns" and "curves" of a study.json (`study`): for each column with an order, the places [group, x], best
/// first, by their medians; equal ones in the order of the study. Columns with fewer than two numbers have none.
[[nodiscard]] base::Json study_ranking(const base::Json& study);

/// The section of the report; empty without a ranking, and for study.json of earlier versions.
[[nodiscard]] std::string ranking_section(const base::Json& study);

}  // namespace eddy::report
