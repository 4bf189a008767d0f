#include <eddy/report/detector_style.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace eddy::report {

std::string detector_role(std::size_t index) {
  return index == 0 ? std::string("method") : fmt::format("benchmark_{}", (index - 1) % 4 + 1);
}

std::string detector_style(std::size_t index) {
  constexpr std::array<const char*, 4> kStyles = {"dash", "dot", "dashdot", "longdash"};
  return index == 0 ? "" : kStyles[(index - 1) % kStyles.size()];
}

std::size_t detector_index(const std::vector<search::Evaluation>& evaluations, const std::string& name,
                           std::size_t otherwise) {
  const auto found =
      std::find_if(evaluations.begin(), evaluations.end(), [&](const auto& e) { return e.name == name; });
  return found == evaluations.end() ? otherwise : static_cast<std::size_t>(found - evaluations.begin());
}

}  // namespace eddy::report
