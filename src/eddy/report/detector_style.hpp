#pragma once
// The method and its benchmarks look the same in every figure.

#include <eddy/search/finding.hpp>

#include <string>
#include <vector>

namespace eddy::report {

/// Role of detector `index` (0: the method): decides its colour.
[[nodiscard]] std::string detector_role(std::size_t index);
/// Line style of detector `index`.
[[nodiscard]] std::string detector_style(std::size_t index);
/// Place of `name` among the evaluations; `otherwise` where it is not one of them.
[[nodiscard]] std::size_t detector_index(const std::vector<search::Evaluation>& evaluations, const std::string& name,
                                         std::size_t otherwise);

}  // namespace eddy::report
