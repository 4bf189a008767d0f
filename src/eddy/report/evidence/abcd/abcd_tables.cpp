#include <eddy/base/json.hpp>
#include <eddy/report/evidence/abcd/abcd_tables.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>

#include <fmt/format.h>

#include <vector>

namespace eddy::report {
namespace {

std::string p_cell(const Json& point) {
  const bool approximate = point.at("fit").value("p_value_extrapolated", false);
  return (approximate ? "≈ " : "") + format_p_value(value_of(point, "p_value"));
}

std::string z_cell(const Json& point) {
  const std::string toys = point.at("fit").value("from_toys", false) ? " <span class=\"muted\">toys</span>" : "";
  return decimals(point, "z", 2) + toys;
}

std::vector<std::string> working_point_row(const Json& point, bool with_truth) {
  const Json& fit = point.at("fit");
  std::vector<std::string> cells = {format_percent(value_of(point, "efficiency")),
                                    count_with_interval(point),
                                    format_with_error(value_of(point, "predicted"), value_of(point, "predicted_error")),
                                    decimals(point, "s_over_sqrt_b", 2),
                                    format_with_error(value_of(fit, "signal"), value_of(fit, "signal_error")),
                                    p_cell(point),
                                    "<strong>" + z_cell(point) + "</strong>",
                                    decimals(point, "upper_limit", limit_digits(value_of(point, "upper_limit"))),
                                    expected_limit(point)};
  if (with_truth) {
    cells.push_back(format_count(value_of(point, "true_background")));
  }
  return cells;
}

std::string leakage_text(const Json& fit) {
  const Json& values = fit.at("leakage");
  return fmt::format("{:.3g} / {:.3g} / {:.3g}", value_of(values, "B"), value_of(values, "C"), value_of(values, "D"));
}

}  // namespace

std::string working_point_table(const Json& result) {
  const bool with_truth = has_truth(result);
  std::vector<std::string> headings = {"ε<sub>B</sub>",        "observed", "expected", "S/√B",
                                       "fitted signal",        "local p",  "Z",        "95 % CL limit",
                                       "expected limit [±1 σ]"};
  if (with_truth) {
    headings.push_back("true background");
  }
  HtmlTable table(headings);
  for (const Json& point : result.at("working_points")) {
    table.add_row(working_point_row(point, with_truth));
  }
  return table.html();
}

std::string region_table(const Json& result) {
  HtmlTable table({"ε<sub>B</sub>", "A", "B", "C", "D", "background in A (fit)", "closure factor", "leakage B / C / D",
                   "R<sub>c</sub> of each fold"});
  for (const Json& point : result.at("working_points")) {
    const Json& fit = point.at("fit");
    const Json& regions = point.at("regions");
    table.add_row({format_percent(value_of(point, "efficiency")), format_count(value_of(regions, "A")),
                   format_count(value_of(regions, "B")), format_count(value_of(regions, "C")),
                   format_count(value_of(regions, "D")),
                   format_with_error(value_of(fit, "background"), value_of(fit, "background_error")),
                   format_with_error(value_of(fit, "closure"), value_of(fit, "closure_error")), leakage_text(fit),
                   threshold_cell(point)});
  }
  return table.html();
}

}  // namespace eddy::report
