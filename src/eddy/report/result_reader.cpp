#include <eddy/report/resonant_labels.hpp>
#include <eddy/report/result_reader.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace eddy::report {

constexpr double kSmallestGoodness = 0.01;

double value_of(const Json& object, const char* key) {
  if (!object.is_object()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto found = object.find(key);
  const bool is_number = found != object.end() && found->is_number();
  return is_number ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

bool has_value(const Json& object, const char* key) { return object.contains(key) && !object[key].is_null(); }

Json input_of(const Json& result, const std::string& role) {
  for (const Json& input : result["inputs"]) {
    if (input["role"] == role) {
      return input;
    }
  }
  return Json::object();
}

bool is_resonant(const Json& result) { return result["setup"].contains("signal_window"); }

bool is_loss_space(const Json& result) { return result["setup"].contains("losses"); }

std::string cut_of(const Json& point) { return cut_name(value_of(point, "efficiency")); }

bool is_predicted(const Json& point) {
  return value_of(point, "predicted_error") <= std::max(1.0, value_of(point, "observed"));
}

bool is_poor_fit(const Json& point) { return value_of(point["fit"], "goodness_of_fit") < kSmallestGoodness; }

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
