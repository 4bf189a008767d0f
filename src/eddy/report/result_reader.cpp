#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/bump_labels.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/search/evidence.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace eddy::report {

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

bool is_blind(const Json& result) {
  const Json setup = result.is_object() ? result.value("setup", Json::object()) : Json::object();
  return setup.is_object() && (setup.value("blind", Json()) == true || setup.value("stage", Json()) == "cr");
}

search::AucSummary auc_summary(const Json& auc) {
  std::vector<double> values;
  for (const Json& value : auc) {
    values.push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
  }
  return search::summarise_auc(values);
}

Json closure_test_of(const Json& tests, const std::string& region, const std::string& name) {
  for (const Json& test : tests) {
    if (test.at("region") == region && test.at("name") == name) {
      return test;
    }
  }
  return nullptr;
}

search::AucSummary closure_auc(const Json& result, const std::string& region, const std::string& name) {
  const Json test = closure_test_of(result.at("closure_tests"), region, name);
  return auc_summary(test.is_null() ? Json::array() : test.at("auc"));
}

double claimed_z(const Json& point) {
  return value_of(has_value(point, "calibrated") ? point.at("calibrated") : point, "z");
}

bool is_quotable(const Json& point) { return point.at("judgement").at("quotable").get<bool>(); }

bool has_caveat(const Json& point, const char* caveat) {
  return std::ranges::find(point.at("judgement").at("caveats"), caveat) != point.at("judgement").at("caveats").end();
}

bool has_truth(const Json& result) {
  return std::ranges::any_of(result.at("working_points"), [](const Json& p) { return p.contains("true_background"); });
}

bool is_of_bumps(const Json& run) { return run.at("evidence") == to_string(search::EvidenceKind::kBump); }

std::string cut_of(const Json& point) {
  return has_value(point, "efficiency") ? cut_name(value_of(point, "efficiency")) : "all categories";
}

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
