#include <eddy/base/error.hpp>
#include <eddy/base/options.hpp>
#include <eddy/search/config_checks.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

void require_one_of(const SearchConfig& c, const char* option, const std::string& value,
                    const std::vector<std::string>& allowed) {
  require(std::ranges::count(allowed, value) == 1,
          fmt::format("[classifier] {} = \"{}\" does not fit method \"{}\"; choose \"{}\"", option, value,
                      c.search.method, fmt::join(allowed, "\" or \"")));
}

}  // namespace

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

void require_one_context(const SearchConfig& c) {
  const std::size_t n = c.features.context.size();
  require(n == 1, fmt::format("[features] context names {} variables but {} needs exactly one; write context = "
                              "[\"{}\"]",
                              n, c.search.method, rules_of(c).example_context));
}

void require_even_spread(const SearchConfig& c, std::int64_t n_flows) {
  require(c.classifier.members % n_flows == 0,
          fmt::format("[classifier] members = {} cannot be spread evenly over {} flows ([flow] members = {}, "
                      "keep_epochs = {}); make it a multiple",
                      c.classifier.members, n_flows, c.flow_members, c.flow.training.keep_epochs));
}

void require_known_choices(const SearchConfig& c) {
  require_one_of(c, "space", c.classifier.space, method_of(c).spaces);
  require_one_of(c, "reference", c.classifier.reference, method_of(c).references);
}

}  // namespace eddy::search
