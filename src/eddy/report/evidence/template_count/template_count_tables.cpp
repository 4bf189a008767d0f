#include <eddy/base/json.hpp>
#include <eddy/report/evidence/template_count/template_count_tables.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::report {
namespace {

std::string prediction_cell(const Json& point) {
  return format_with_error(value_of(point, "predicted"), value_of(point, "predicted_error"));
}

/// Z of the ABCD alternative; red where it is another one.
std::string abcd_z_cell(const Json& point) {
  const std::string z = decimals(point.at("abcd"), "z", 2);
  return has_caveat(point, "abcd_disagrees") ? "<strong class=\"poor\">" + z + "</strong>" : z;
}

std::vector<std::string> working_point_row(const Json& point, bool with_truth) {
  std::vector<std::string> cells = {format_percent(value_of(point, "efficiency")),
                                    count_with_interval(point),
                                    prediction_cell(point),
                                    format_p_value(value_of(point, "p_value")),
                                    "<strong>" + decimals(point, "z", 2) + "</strong>",
                                    decimals(point, "s_over_sqrt_b", 2),
                                    limit_cell(point),
                                    expected_limit_cell(point),
                                    prediction_cell(point.at("abcd")),
                                    abcd_z_cell(point)};
  if (with_truth) {
    cells.push_back(format_count(value_of(point, "true_background")) + " + " +
                    format_count(value_of(point, "true_signal")));
  }
  return cells;
}

/// "1.3 (4.2 %)".
std::string error_cell(double error, double predicted) {
  const int digits = std::max(0, pdg_decimals(error));
  return fmt::format("{} <span class=\"muted\">({})</span>", format_decimals(error, digits),
                     predicted > 0 ? format_percent(error / predicted) : std::string("–"));
}

std::vector<std::string> error_row(const Json& point) {
  const Json& parts = point.at("prediction");
  const double predicted = value_of(point, "predicted");
  return {format_percent(value_of(point, "efficiency")),
          error_cell(value_of(parts, "statistical_error"), predicted),
          error_cell(value_of(parts, "model_error"), predicted),
          error_cell(value_of(parts, "closure_error") * predicted, predicted),
          error_cell(value_of(parts, "extrapolation_error") * predicted, predicted),
          has_value(parts, "validation_error") ? error_cell(value_of(parts, "validation_error") * predicted, predicted)
                                               : "–",
          "<strong>" + error_cell(value_of(point, "predicted_error"), predicted) + "</strong>",
          decimals(parts, "closure", 3)};
}

std::string auc_cell(const search::AucSummary& auc) {
  return auc.n < 2 ? format_decimals(auc.mean, 4)
                   : format_decimals(auc.mean, 4) + " ± " + format_decimals(auc.spread, 4);
}

std::vector<std::string> closure_row(const Json& test) {
  const search::AucSummary auc = auc_summary(test.at("auc"));
  return {html_text(test.at("region").get<std::string>()),
          html_text(test.at("name").get<std::string>()),
          "<strong>" + auc_cell(auc) + "</strong>",
          format_decimals(auc.lowest, 4) + " to " + format_decimals(auc.highest, 4),
          format_count(static_cast<double>(auc.n)),
          format_count(value_of(test, "n_true")),
          format_count(value_of(test, "n_constructed"))};
}

}  // namespace

std::string template_working_point_table(const Json& result) {
  const bool with_truth = has_truth(result);
  std::vector<std::string> headings = {"ε<sub>B</sub>",   "observed", "predicted",     "local p",
                                       "local Z",         "S/√B",     "95 % CL limit", "expected limit [±1 σ]",
                                       "ABCD: predicted", "ABCD: Z"};
  if (with_truth) {
    headings.emplace_back("labelled B + S");
  }
  HtmlTable table(headings);
  for (const Json& point : result.at("working_points")) {
    table.add_row(working_point_row(point, with_truth));
  }
  return table.html();
}

std::string prediction_error_table(const Json& result) {
  HtmlTable table({"ε<sub>B</sub>", "statistics", "models", "closure", "extrapolation", "validation", "all together",
                   "predicted / observed in the control region"});
  for (const Json& point : result.at("working_points")) {
    table.add_row(error_row(point));
  }
  return table.html();
}

std::string template_region_table(const Json& result) {
  HtmlTable table(
      {"ε<sub>B</sub>", "A", "B", "C", "D", "closure factor", "background in A (fit)", "R<sub>c</sub> of each fold"});
  for (const Json& point : result.at("working_points")) {
    const Json& abcd = point.at("abcd");
    const Json& regions = abcd.at("regions");
    const Json& fit = abcd.at("fit");
    const double closure = value_of(fit, "closure");
    table.add_row(
        {format_percent(value_of(point, "efficiency")), format_count(value_of(regions, "A")),
         format_count(value_of(regions, "B")), format_count(value_of(regions, "C")),
         format_count(value_of(regions, "D")), format_with_error(closure, closure * value_of(fit, "closure_error")),
         format_with_error(value_of(fit, "background"), value_of(fit, "background_error")), threshold_cell(point)});
  }
  return table.html();
}

std::string closure_test_table(const Json& result) {
  if (result.at("closure_tests").empty()) {
    return "<p class=\"note\">No closure test was made.</p>";
  }
  HtmlTable table({"events of the", "against true background", "AUC, mean ± spread", "lowest to highest", "runs",
                   "true events", "compared with"});
  for (const Json& test : result.at("closure_tests")) {
    table.add_row(closure_row(test));
  }
  return "<div class=\"grouped\">" + table.html() + "</div>";
}

std::string weight_table(const Json& result) {
  HtmlTable table({"region", "weight", "constructed events, all models", "mean", "largest / mean",
                   "effective number, one model", "clipped", "with a feature at the edge"});
  for (const Json& weights : result.at("weights")) {
    table.add_row({html_text(weights.at("region").get<std::string>()), html_text(weights.at("kind").get<std::string>()),
                   format_count(value_of(weights, "n")), fmt::format("{:.3g}", value_of(weights, "mean")),
                   fmt::format("{:.3g}", value_of(weights, "largest")),
                   format_count(std::round(value_of(weights, "effective"))),
                   format_count(value_of(weights, "n_clipped")), format_count(value_of(weights, "n_at_edge"))});
  }
  return table.html();
}

}  // namespace eddy::report
