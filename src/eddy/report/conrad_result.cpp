#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_parts.hpp>

namespace eddy::report {
namespace {

Json setup(const search::ConradOutput& output) {
  Json json = setup_json(output);
  json["context_cut"] = number_or_null(output.context_cut);
  json["classifier_space"] = output.classifier_space;
  json["reference"] = output.reference;
  return json;
}

}  // namespace

Json conrad_result(const search::ConradOutput& output) {
  Json json = common_result(output);
  json["setup"] = setup(output);
  json["working_points"] = json_list(output.working_points, abcd_working_point_json);
  json["closure"] = json_list(output.closure, closure_curve_json);
  json["gate"] = gate_json(output.gate);
  return json;
}

}  // namespace eddy::report
