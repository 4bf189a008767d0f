#pragma once
// Phrases of searches in the space of losses.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/search/finding.hpp>

#include <cstddef>
#include <string>

namespace eddy::report {

/// What stands beside every number of method 1: it is the best of `n_cuts` selections.
[[nodiscard]] std::string biased_note(std::size_t n_cuts);

void word_categories(const Json& result, Wording& wording);
/// "3 autoencoders (background, a and b)".
[[nodiscard]] std::string category_detector(const Json& setup);

/// One line for the terminal about each way to look for bumps, and each signal evaluated.
[[nodiscard]] std::string one_line(const search::CategorySearch& search, const search::Quantity& mass);
/// "all categories in one likelihood, ...", for each that was made.
[[nodiscard]] std::vector<std::string> simultaneous_lines(const search::CategorySearch& search,
                                                          const search::Quantity& mass);
[[nodiscard]] std::string one_line(const search::CutSearch& search, const search::Quantity& mass);
[[nodiscard]] std::string one_line(const search::Separation& separation);

}  // namespace eddy::report
