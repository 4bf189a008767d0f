#include <eddy/base/json.hpp>
#include <eddy/report/blinding.hpp>
#include <eddy/report/evidence/abcd/abcd_wording.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/table_cells.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/report/wording_parts.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

namespace eddy::report {
namespace {

std::string searched_sentence(const Json& result) {
  const Json& setup = result.at("setup");
  const Json data = input_of(result, "data");
  const search::Quantity context{setup.at("context").at("name"), setup.at("context").at("unit")};
  return fmt::format(
      "eddy searched {} data events, {} of them in the signal region {}, for an anomaly in {}, with {} ({}) and a "
      "background template of {} events.",
      format_count(value_of(data, "n_selected")), format_count(value_of(data, "n_signal_region")),
      cut_with_unit(setup.at("signal_region"), context), feature_list(setup), search::method_title(result.at("method")),
      abcd_detector(setup), format_count(value_of(input_of(result, "template"), "n_selected")));
}

std::string which_point(const Json& result, const Json& point) {
  const std::size_t n = result.at("working_points").size();
  const std::string rank = n < 2    ? ""
                           : n == 2 ? ", the more significant of two"
                                    : fmt::format(", the most significant of {}", n);
  return fmt::format("At the {} working point{}", format_percent(value_of(point, "efficiency")), rank);
}

std::string found_sentence(const Json& result) {
  const Json point = decisive_point(result);
  if (point.is_null()) {
    return "No working point was set, so no background was estimated and no significance can be given.";
  }
  const double limit = value_of(point, "upper_limit");
  const double expected = value_of(point.at("expected_upper_limit"), "median");
  const bool approximate = point.at("fit").value("p_value_extrapolated", false);
  return fmt::format(
      "{}, it observed {} events where {} are expected: {}, local p {} {}; more than {} signal events there are "
      "excluded at 95 % confidence level (expected {}).",
      which_point(result, point), format_count(value_of(point, "observed")),
      format_with_error(value_of(point, "predicted"), value_of(point, "predicted_error")),
      excess_phrase(value_of(point, "z")), approximate ? "≈" : "=", format_p_value(value_of(point, "p_value")),
      format_decimals(limit, limit_digits(limit)), format_decimals(expected, limit_digits(expected)));
}

}  // namespace

std::string abcd_detector(const Json& setup) {
  const std::string space = setup.at("classifier_space") == "x_prime" ? "x′" : "z";
  const std::string reference = setup.at("reference");
  const std::string against = reference == "normal"           ? "N(0, 1) samples"
                              : reference == "control_region" ? "control-region data"
                                                              : "template events";
  return fmt::format("classifiers in {} against {}", space, against);
}

void word_abcd(const Json& result, Wording& wording) {
  if (is_blind(result)) {
    word_blind(result, wording);
    return;
  }
  wording.searched = searched_sentence(result);
  wording.found = found_sentence(result);
  if (verdict_kind(result) == "gate_failed") {
    wording.found = "The validity gate failed, so the following must not be quoted. " + wording.found;
  }
}

}  // namespace eddy::report
