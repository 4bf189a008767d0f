#include <eddy/base/json.hpp>
#include <eddy/report/evidence/abcd/abcd_result.hpp>
#include <eddy/report/evidence/evidence_result.hpp>
#include <eddy/report/evidence/template_count/template_count_result.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/search/evidence/abcd.hpp>

namespace eddy::report {
namespace {

Json prediction(const search::TemplatePrediction& p) {
  Json parts = {{"statistical_error", number_or_null(p.statistical_error)},
                {"model_error", number_or_null(p.model_error)},
                {"closure", number_or_null(p.closure)},
                {"closure_error", number_or_null(p.closure_error)},
                {"extrapolation_error", number_or_null(p.extrapolation_error)}};
  if (p.validation_error > 0) {
    parts["validation_error"] = number_or_null(p.validation_error);
  }
  return parts;
}

/// The other estimate of the same cut, that of `point`.
Json abcd_json(const Json& point, const search::Abcd& abcd) {
  search::WorkingPoint other;
  set_numbers(other, abcd);
  Json json = point_numbers_json(other);
  for (const char* key : {"efficiency", "realised_efficiency", "threshold"}) {
    json[key] = point.at(key);
  }
  add_abcd(json, other);
  return json;
}

}  // namespace

void add_template_count(Json& json, const search::WorkingPoint& point) {
  const auto& count = std::get<search::TemplateCount>(point.evidence);
  json["prediction"] = prediction(count.prediction);
  json["abcd"] = abcd_json(json, count.abcd);
}

}  // namespace eddy::report
