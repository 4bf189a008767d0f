#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/resonant_labels.hpp>
#include <eddy/report/result_reader.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace eddy::report {

constexpr double kSmallestGoodness = 0.01;
constexpr double kSameZ = 1;  // two significances that differ by more are not the same statement

double value_of(const Json& object, const char* key) {
  if (!object.is_object()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto found = object.find(key);
  const bool is_number = found != object.end() && found->is_number();
  return is_number ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

bool has_value(const Json& object, const char* key) { return object.contains(key) && !object.at(key).is_null(); }

Json input_of(const Json& result, const std::string& role) {
  for (const Json& input : result.at("inputs")) {
    if (input.at("role") == role) {
      return input;
    }
  }
  return Json::object();
}

search::Family family_of(const Json& result) {
  const auto name = result.at("method").get<std::string>();
  const search::Method* method = search::find_method(name);
  if (method == nullptr) {
    throw base::InputError(fmt::format("the result is of a method '{}', which this eddy does not know", name));
  }
  return method->family;
}

bool is_resonant(const Json& result) { return family_of(result) == search::Family::kResonant; }

bool is_extrapolation(const Json& result) { return family_of(result) == search::Family::kExtrapolation; }

bool is_blind(const Json& result) {
  if (!result.is_object() || !result.contains("method") || !is_extrapolation(result)) {
    return false;
  }
  return result.value("setup", Json::object()).value("stage", "") == "cr";
}

AucSummary auc_summary(const Json& auc) {
  std::vector<double> values;
  for (const Json& value : auc) {
    values.push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
  }
  AucSummary summary{.n = values.size(), .mean = std::numeric_limits<double>::quiet_NaN()};
  if (values.empty()) {
    return summary;
  }
  const auto n = static_cast<double>(values.size());
  summary.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) {
    squares += (value - summary.mean) * (value - summary.mean);
  }
  summary.spread = values.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
  summary.lowest = *std::ranges::min_element(values);
  summary.highest = *std::ranges::max_element(values);
  return summary;
}

Json closure_test_of(const Json& tests, const std::string& region, const std::string& name) {
  for (const Json& test : tests) {
    if (test.at("region") == region && test.at("name") == name) {
      return test;
    }
  }
  return nullptr;
}

bool abcd_disagrees(const Json& point) {
  return std::abs(value_of(point, "z") - value_of(point.at("abcd"), "z")) > kSameZ;
}

bool is_loss_space(const Json& result) { return family_of(result) == search::Family::kLossSpace; }

std::string cut_of(const Json& point) { return cut_name(value_of(point, "efficiency")); }

bool is_predicted(const Json& point) {
  return value_of(point, "predicted_error") <= std::max(1.0, value_of(point, "observed"));
}

bool is_poor_fit(const Json& point) { return value_of(point.at("fit"), "goodness_of_fit") < kSmallestGoodness; }

Json nearest_point(const Json& points, double efficiency) {
  constexpr double kTolerance = 0.15;
  Json nearest = nullptr;
  double distance = kTolerance;
  for (const Json& point : points) {
    const double d = std::abs(std::log(value_of(point, "efficiency") / efficiency));
    if (d < distance) {
      nearest = point;
      distance = d;
    }
  }
  return nearest;
}

}  // namespace eddy::report
