#include <eddy/base/json.hpp>
#include <eddy/report/result_ranges.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/search/judgement.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace eddy::report {
namespace {

using base::Json;

constexpr std::array kFractions = {"p_value",        "p_value_asymptotic",  "local_p_value",
                                   "global_p_value", "toy_p_value",         "f_p_value",
                                   "efficiency",     "realised_efficiency", "goodness_of_fit"};
constexpr std::array kNotNegative = {
    "observed",      "observed_interval", "predicted",           "predicted_error", "upper_limit",  "true_signal",
    "counts",        "true_background",   "background_error",    "strength_error",  "signal_error", "closure_error",
    "p_value_error", "global_p_error",    "expected_upper_limit"};
constexpr std::array kRegions = {"A", "B", "C", "D"};

/// A Z, and the p-value that it is made from.
struct Pair {
  const char* p_value;
  const char* z;
};
constexpr std::array kPairs = {Pair{"p_value", "z"}, Pair{"local_p_value", "local_z"},
                               Pair{"global_p_value", "global_z"}};

bool is_among(std::span<const char* const> names, std::string_view name) {
  return std::ranges::any_of(names, [&](const char* known) { return known == name; });
}

[[noreturn]] void fail(const std::string& place, const Json& value, const std::string& need) {
  throw std::runtime_error(fmt::format("'{}' of result.json is {}, it must be {}", place,
                                       value.dump(-1, ' ', true, Json::error_handler_t::replace), need));
}

/// A number, or all numbers of a list or an object; what is none is checked where it is read.
template <class Holds>
void require_numbers(const Json& value, const std::string& place, const Holds& holds, const char* need) {
  if (value.is_structured()) {
    for (const auto& [key, child] : value.items()) {
      require_numbers(child, fmt::format("{}.{}", place, key), holds, need);
    }
  } else if (value.is_number() && !holds(value.get<double>())) {
    fail(place, value, need);
  }
}

void require_range(const std::string& key, const Json& value, const std::string& place) {
  if (is_among(kFractions, key)) {
    require_numbers(
        value, place, [](double number) { return number >= 0 && number <= 1; }, "from 0 to 1");
  } else if (is_among(kNotNegative, key) || key.starts_with("n_")) {
    require_numbers(
        value, place, [](double number) { return number >= 0; }, "0 or more");
  }
}

/// Whether `z` is Phi^-1(1 - p), to the digits that are kept; where p is 0 or 1 in double precision, Z may be none.
bool belong_together(double p_value, double z) {
  constexpr double kDigits = 1e-6;
  constexpr double kUnderflow = 1e-300;
  if (std::isnan(p_value) || std::isnan(z)) {
    return std::isnan(z) ? std::isnan(p_value) || p_value <= kUnderflow || p_value >= 1 : false;
  }
  const double expected = stats::to_p_value({z}).value;
  return std::abs(p_value - expected) <= kDigits * std::max(p_value, expected) + kUnderflow;
}

void require_pairs(const Json& object, const std::string& place) {
  for (const auto& [p_value, z] : kPairs) {
    if (object.contains(p_value) && object.contains(z) &&
        !belong_together(value_of(object, p_value), value_of(object, z))) {
      fail(fmt::format("{}.{}", place, z), object.at(z),
           fmt::format("the Z of {} = {} beside it", p_value, object.at(p_value).dump()));
    }
  }
}

void require_counts(const Json& object, const std::string& place) {
  for (const char* region : kRegions) {
    if (object.contains(region)) {
      require_numbers(
          object.at(region), fmt::format("{}.{}", place, region), [](double number) { return number >= 0; },
          "0 or more");
    }
  }
}

void require_caveats(const Json& judgement, const std::string& place) {
  const Json caveats = judgement.value("caveats", Json::array());
  for (const Json& caveat : caveats.is_array() ? caveats : Json::array()) {
    if (!caveat.is_string() || !search::is_caveat(caveat.get<std::string>())) {
      fail(place + ".caveats", caveat, "a caveat that this eddy knows");
    }
  }
}

void require_verdict(const Json& verdict) {
  if (const Json kind = verdict.value("kind", Json(""));
      !kind.is_string() || !search::is_verdict_kind(kind.get<std::string>())) {
    fail("verdict.kind", kind, "a verdict that this eddy knows");
  }
  if (const Json level = verdict.value("level", Json(""));
      !level.is_string() || !search::is_verdict_level(level.get<std::string>())) {
    fail("verdict.level", level, "a level that this eddy knows");
  }
}

void walk(const Json& node, const std::string& place) {
  for (const auto& [key, child] : node.items()) {
    const std::string here = node.is_array() ? fmt::format("{}[{}]", place, key)
                             : place.empty() ? key
                                             : fmt::format("{}.{}", place, key);
    if (node.is_object()) {
      require_range(key, child, here);
    }
    if (key == "regions" && child.is_object()) {
      require_counts(child, here);
    } else if (key == "judgement" && child.is_object()) {
      require_caveats(child, here);
    }
    if (child.is_structured()) {
      walk(child, here);
    }
  }
  if (node.is_object()) {
    require_pairs(node, place);
  }
}

}  // namespace

void require_possible_values(const Json& result) {
  if (!result.is_object()) {
    return;  // refused where it is read
  }
  walk(result, "");
  if (result.contains("verdict") && result.at("verdict").is_object()) {
    require_verdict(result.at("verdict"));
  }
}

}  // namespace eddy::report
