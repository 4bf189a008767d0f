#include <eddy/base/json.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/report/result_reader.hpp>

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

}  // namespace

void require_result(const Json& result) {
  if (!result.is_object()) {
    throw std::runtime_error("result.json holds no object");
  }
  for (const Need& need : kOfAll) {
    require(result, need);
  }
}

}  // namespace eddy::report
