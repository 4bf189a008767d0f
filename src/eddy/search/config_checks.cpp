#include <eddy/base/error.hpp>
#include <eddy/search/config_checks.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace eddy::search {

void require(bool condition, const std::string& message) {
  if (!condition) {
    throw base::InputError(message);
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
