#include <eddy/base/json.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/report/result_ranges.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace eddy::report {
namespace {

using base::Json;

struct Need {
  const char* key;
  const char* what;
  bool (*holds)(const Json& value);
};

bool is_text(const Json& value) { return value.is_string(); }
bool are_texts(const Json& value) { return value.is_array() && std::ranges::all_of(value, is_text); }
bool are_objects(const Json& value) {
  return value.is_array() && std::ranges::all_of(value, [](const Json& element) { return element.is_object(); });
}

constexpr std::array kOfAll = {Need{"eddy", "a text, the version", is_text},
                               Need{"method", "a text", is_text},
                               Need{"name", "a text", is_text},
                               Need{"seed", "a whole number", [](const Json& v) { return v.is_number_integer(); }},
                               Need{"setup", "an object", [](const Json& v) { return v.is_object(); }},
                               Need{"inputs", "a list of objects", are_objects},
                               Need{"working_points", "a list of objects", are_objects},
                               Need{"warnings", "a list of texts", are_texts}};

void require(const Json& result, const Need& need) {
  const bool is_there = result.contains(need.key);
  if (!is_there || !need.holds(result.at(need.key))) {
    throw std::runtime_error(fmt::format("'{}' of result.json {}, it must be {}", need.key,
                                         is_there ? "is something else" : "is missing", need.what));
  }
}

/// Results of earlier versions have no verdict.
void require_decisive_point(const Json& result) {
  if (!result.contains("schema")) {
    return;
  }
  require(result, {"verdict", "an object", [](const Json& v) { return v.is_object(); }});
  const Json at = result.at("verdict").value("working_point", Json());
  const std::size_t n_points = result.at("working_points").size();
  if (at.is_number_integer() && (at < 0 || at >= n_points)) {
    throw std::runtime_error(
        fmt::format("'working_points' of result.json is something else, it must be a list of at "
                    "least {} objects: the verdict is about that one",
                    at.get<double>() + 1));
  }
}

}  // namespace

void require_result(const Json& result) {
  if (!result.is_object()) {
    throw std::runtime_error("result.json holds no object");
  }
  for (const Need& need : kOfAll) {
    require(result, need);
  }
  require_decisive_point(result);
  require_possible_values(result);
}

}  // namespace eddy::report
