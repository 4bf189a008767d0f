#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/metric_path.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

namespace eddy::report {
namespace {

constexpr const char* kAll = "*";

/// A name, and which elements of the list under it.
struct Step {
  std::string name;
  std::string choice = kAll;
  bool has_choice = false;
};

[[noreturn]] void fail_grammar(const std::string& path) {
  throw base::InputError(fmt::format(
      "the metric '{}' is not a path into result.json; write names joined by dots, such as evaluation.sic.max or "
      "working_points[0.01].z",
      path));
}

/// The step that begins at `at`, which moves behind it and its dot.
Step read_step(const std::string& path, std::size_t& at) {
  Step step;
  const std::size_t end = std::min(path.find_first_of(".[]", at), path.size());
  step.name = path.substr(at, end - at);
  at = end;
  if (at < path.size() && path[at] == '[') {
    const std::size_t close = path.find(']', at);
    if (close == std::string::npos || close == at + 1) {
      fail_grammar(path);
    }
    step.choice = path.substr(at + 1, close - at - 1);
    step.has_choice = true;
    at = close + 1;
  }
  if (step.name.empty() || (at < path.size() && (path[at] != '.' || at + 1 == path.size()))) {
    fail_grammar(path);
  }
  ++at;
  return step;
}

std::vector<Step> steps_of(const std::string& path) {
  std::vector<Step> steps;
  for (std::size_t at = 0; at < path.size();) {
    steps.push_back(read_step(path, at));
  }
  if (steps.empty()) {
    fail_grammar(path);
  }
  return steps;
}

ElementKind kind_of(const Json& list) {
  const auto all_have = [&](const char* key, auto&& is_type) {
    for (const Json& element : list) {
      if (!element.is_object() || !element.contains(key) || !is_type(element.at(key))) {
        return false;
      }
    }
    return !list.empty();
  };
  if (all_have("efficiency", [](const Json& value) { return value.is_number(); })) {
    return ElementKind::kEfficiency;
  }
  return all_have("name", [](const Json& value) { return value.is_string(); }) ? ElementKind::kName
                                                                               : ElementKind::kNone;
}

/// What an element is called in brackets.
std::string name_of(const Json& list, std::size_t i, ElementKind kind) {
  switch (kind) {
    case ElementKind::kEfficiency:
      return fmt::format("{}", list[i].at("efficiency").get<double>());
    case ElementKind::kName: {  // a score has its name once for each signal that it is judged on
      const std::string name = list[i].at("name");
      const Json signal = list[i].value("signal", Json(nullptr));
      return signal.is_string() ? signal.get<std::string>() + ": " + name : name;
    }
    case ElementKind::kNone:
      break;
  }
  return fmt::format("{}", i + 1);
}

/// Whether brackets mean the element of this name; efficiencies may be written in any way: 0.01, 1e-2.
bool is_chosen(const std::string& choice, const std::string& name, ElementKind kind) {
  if (kind != ElementKind::kEfficiency || choice == kAll) {
    return choice == kAll || choice == name;
  }
  char* end = nullptr;
  const double wanted = std::strtod(choice.c_str(), &end);
  constexpr double kRounding = 1e-9;
  const double there = std::strtod(name.c_str(), nullptr);
  return *end == '\0' && std::abs(wanted - there) <= kRounding * there;
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) {
    keys.push_back(key);
  }
  return keys;
}

/// One walk along a path; collects the numbers at its end.
class Walk {
 public:
  explicit Walk(const std::string& path) : path_(path), steps_(steps_of(path)) {}

  void follow(const Json& at, std::size_t step, MetricValue so_far) {
    if (at.is_null()) {  // a part that does not exist in this result
      so_far.value = std::numeric_limits<double>::quiet_NaN();
      found_.push_back(std::move(so_far));
    } else if (step == steps_.size()) {
      take(at, std::move(so_far));
    } else {
      enter(at, steps_[step], step, std::move(so_far));
    }
  }

  [[nodiscard]] std::vector<MetricValue> result() && {
    if (found_.empty()) {
      throw base::InputError(*failure_);
    }
    return std::move(found_);
  }

 private:
  /// Other elements of a list may have what this one lacks, so the complaint waits.
  void fail(const std::string& where, const std::string& what) {
    if (!failure_) {
      failure_ = fmt::format("the metric '{}': {} {}", path_, where.empty() ? "result.json" : "'" + where + "'", what);
    }
  }

  void take(const Json& value, MetricValue so_far) {
    if (value.is_number() || value.is_boolean()) {
      so_far.value = value.is_boolean() ? static_cast<double>(value.get<bool>()) : value.get<double>();
      found_.push_back(std::move(so_far));
    } else if (value.is_object()) {
      fail(so_far.path, fmt::format("is not a number; it has {}", fmt::join(keys_of(value), ", ")));
    } else {
      fail(so_far.path, "is not a number; name another one");
    }
  }

  void enter(const Json& at, const Step& step, std::size_t i, MetricValue so_far) {
    if (!at.is_object() || !at.contains(step.name)) {
      fail(so_far.path, at.is_object() ? fmt::format("has no '{}'; it has {}", step.name, fmt::join(keys_of(at), ", "))
                                       : fmt::format("has no '{}', it is a number or a text", step.name));
      return;
    }
    const Json& inside = at.at(step.name);
    so_far.path += (so_far.path.empty() ? "" : ".") + step.name;
    if (inside.is_array()) {
      enter_list(inside, step, i, so_far);
    } else if (step.has_choice && !inside.is_null()) {
      fail(so_far.path, fmt::format("is not a list; leave out [{}]", step.choice));
    } else {
      follow(inside, i + 1, std::move(so_far));
    }
  }

  void enter_list(const Json& list, const Step& step, std::size_t i, const MetricValue& so_far) {
    const ElementKind kind = kind_of(list);
    std::vector<std::string> names;
    bool any = false;
    for (std::size_t k = 0; k < list.size(); ++k) {
      names.push_back(name_of(list, k, kind));
      if (is_chosen(step.choice, names.back(), kind)) {
        any = true;
        follow(list[k], i + 1,
               {.path = fmt::format("{}[{}]", so_far.path, names.back()),
                .element = names.back(),
                .kind = kind,
                .place = k});
      }
    }
    if (!any) {
      fail(so_far.path, names.empty() ? "is an empty list"
                                      : fmt::format("has no [{}]; it has {}", step.choice, fmt::join(names, ", ")));
    }
  }

  const std::string& path_;
  std::vector<Step> steps_;
  std::vector<MetricValue> found_;
  std::optional<std::string> failure_;
};

}  // namespace

void require_metric_path(const std::string& path) { (void)steps_of(path); }

std::vector<MetricValue> metric_values(const Json& result, const std::string& path) {
  Walk walk(path);
  walk.follow(result, 0, {});
  return std::move(walk).result();
}

}  // namespace eddy::report
