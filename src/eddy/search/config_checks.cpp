#include <eddy/base/error.hpp>
#include <eddy/base/options.hpp>
#include <eddy/search/config_checks.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {

void require(bool condition, const std::string& message) {
  if (!condition) {
    throw base::InputError(message);
  }
}

std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
  const std::string nearest = base::nearest_name(name, known);
  if (!nearest.empty()) {
    return fmt::format("did you mean '{}'?", nearest);
  }
  return known.empty() ? std::string("remove it") : fmt::format("name one of: {}", fmt::join(known, ", "));
}

void require_different(const std::string& option, const std::vector<double>& values) {
  for (const double value : values) {
    require(std::ranges::count(values, value) == 1,
            fmt::format("{} = [{}] names {} twice; remove one", option, fmt::join(values, ", "), value));
  }
}

void require_rows(const std::string& where, const std::vector<double>& rows) {
  const bool good = rows.empty() || (rows.size() == 2 && rows[0] < rows[1] && std::floor(rows[0]) == rows[0] &&
                                     std::floor(rows[1]) == rows[1]);
  require(good,
          fmt::format("{} = [{}] is not a range; give the first and the last (exclusive) row, such as [0, 100000]",
                      where, fmt::join(rows, ", ")));
}

}  // namespace eddy::search
