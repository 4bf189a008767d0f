#pragma once
// What tests ask of figures.json.

#include <eddy/base/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace eddy::report_test {

using base::Json;

/// The ids of all figures, in their order.
inline std::vector<std::string> ids(const Json& figures) {
  std::vector<std::string> names;
  for (const Json& figure : figures["figures"]) {
    names.push_back(figure["id"]);
  }
  return names;
}

/// The element of `list` with this id; null when there is none.
inline Json find_id(const Json& list, const std::string& id) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Json& item) { return item["id"] == id; });
  return found == list.end() ? Json() : *found;
}

/// The first trace of this role and kind; null when there is none.
inline Json trace_of(const Json& traces, const std::string& role, const std::string& kind) {
  const auto found =
      std::find_if(traces.begin(), traces.end(), [&](const Json& t) { return t["role"] == role && t["kind"] == kind; });
  return found == traces.end() ? Json() : *found;
}

/// The figure of this id of a document; null when there is none.
inline Json figure_of(const Json& figures, const std::string& id) { return find_id(figures["figures"], id); }

/// The trace of this name in a panel; null when there is none.
inline Json trace_named(const Json& panel, const std::string& name) {
  const Json& traces = panel["traces"];
  const auto found = std::find_if(traces.begin(), traces.end(), [&](const Json& t) { return t["name"] == name; });
  return found == traces.end() ? Json() : *found;
}

inline double sum(const Json& values) {
  double total = 0;
  for (const Json& value : values) {
    total += value.get<double>();
  }
  return total;
}

}  // namespace eddy::report_test
