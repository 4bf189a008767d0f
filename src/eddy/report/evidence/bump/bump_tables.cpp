#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/bump_tables.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace eddy::report {
namespace {

const char* const kNone = "–";

std::string strength_cell(const Json& point) {
  const Json& signal = point.at("fit").at("signal");
  return signal.is_null() ? kNone : format_with_error(value_of(signal, "strength"), value_of(signal, "strength_error"));
}

/// Whether the fit describes the sidebands, as a whole and in each bin.
bool is_described(const Json& point) { return !has_caveat(point, "poor_fit") && !has_caveat(point, "unlikely_bin"); }

std::string quality_cell(const Json& point) {
  const std::string p = format_p_value(value_of(point.at("fit"), "goodness_of_fit"));
  return !is_described(point) ? "<strong class=\"poor\">poor: " + p + "</strong>" : p;
}

std::string truth_cell(const Json& point) {
  return point.contains("true_background")
             ? format_count(value_of(point, "true_background")) + " + " + format_count(value_of(point, "true_signal"))
             : kNone;
}

std::vector<std::string> hunt_row(const Json& point) {
  const Json& fit = point.at("fit");
  const bool poor = !is_described(point);
  const std::string z = decimals(point, "z", 2);
  return {cut_of(point),
          count_with_interval(point),
          predicted_cell(point),
          has_caveat(point, "undetermined_background") ? kNone : decimals(point, "s_over_sqrt_b", 2),
          strength_cell(point),
          poor ? "<span class=\"muted\">" + z + "</span>" : "<strong>" + z + "</strong>",
          format_p_value(value_of(point, "p_value")),
          global_cells(fit.at("scan_signal_region"), fit.at("scan")),
          limit_cell(point),
          expected_limit_cell(point),
          quality_cell(point)};
}

/// "dijet function with 3 parameters: 41.2/35; ... : 40.9/34 (F-test p = 0.6)".
std::string order_cell(const Json& fit) {
  std::string text;
  for (const Json& step : fit.at("order_steps")) {
    text += text.empty() ? "" : "<br>";
    text += fmt::format("{}: {}/{}", html_text(step.at("shape").get<std::string>()), decimals(step, "deviance", 1),
                        format_count(value_of(step, "n_dof")));
    if (&step != &fit.at("order_steps").at(0)) {
      text += fmt::format(", F-test p = {}", format_p_value(value_of(step, "f_p_value")));
    }
  }
  return text.empty() ? kNone : text;
}

std::string fit_quality(const Json& fit) {
  return fit.is_null()
             ? kNone
             : fmt::format("{}/{} <span class=\"muted\">(p = {})</span>", decimals(fit, "chi2", 1),
                           format_count(value_of(fit, "n_dof")), format_p_value(value_of(fit, "goodness_of_fit")));
}

/// Of background alone, beside the approximation: from the pseudo-experiments of the scan, where there are any.
std::string background_quality(const Json& fit) {
  const Json& scan = fit.at("scan");
  const std::string quality = fit_quality(fit.at("background_only"));
  return scan.is_null() || !has_value(scan, "goodness_of_fit")
             ? quality
             : quality + fmt::format(" <span class=\"muted\">(toys: {} ± {:.1g})</span>",
                                     format_p_value(value_of(scan, "goodness_of_fit")),
                                     value_of(scan, "goodness_of_fit_error"));
}

std::string sought_cell(const Json& fit) {
  const Json& signal = fit.at("signal");
  return signal.is_null() ? kNone : fmt::format("{:.4g} ± {:.3g}", value_of(signal, "mass"), value_of(signal, "width"));
}

std::string best_cell(const Json& fit) {
  const Json& scan = fit.at("scan");
  return scan.is_null() ? kNone
                        : fmt::format("{:.4g} <span class=\"muted\">(Z = {})</span>", value_of(scan, "mass"),
                                      decimals(scan, "local_z", 1));
}

std::string toys_cell(const Json& fit) {
  const Json& scan = fit.at("scan");
  if (scan.is_null()) {
    return kNone;
  }
  const double n_failed = value_of(scan, "n_failed_toys");
  return format_count(value_of(scan, "n_toys")) +
         (n_failed > 0 ? fmt::format(" <span class=\"muted\">({} failed)</span>", format_count(n_failed)) : "");
}

std::string shape_cell(const Json& fit) {
  return has_value(fit, "shape") ? html_text(fit.at("shape").get<std::string>()) : kNone;
}

std::vector<std::string> sculpting_row(const std::string& name, const Json& points) {
  std::vector<std::string> cells = {html_text(name)};
  for (const double efficiency : {0.1, 0.03, 0.01}) {
    cells.push_back(median_cell(points, efficiency));
  }
  return cells;
}

/// Whether the head of the page says it already.
bool is_among_warnings(const Json& result, const std::string& sentence) {
  return std::ranges::any_of(result.at("warnings"), [&](const Json& warning) {
    return warning.get<std::string>().find(sentence) != std::string::npos;
  });
}

}  // namespace

std::string hunt_table(const Json& result) {
  if (result.at("working_points").empty()) {
    return "<p class=\"note\">No bump was hunted: the data have no sidebands.</p>";
  }
  HtmlTable table({"kept", "observed", "expected", "S/√B", "fitted signal", "local Z", "local p",
                   "global Z: region / range", "95 % CL limit", "expected limit [±1 σ]", "p of the sideband fit"});
  for (const Json& point : result.at("working_points")) {
    table.add_row(hunt_row(point));
  }
  return table.html();
}

std::string fit_table(const Json& result) {
  HtmlTable table({"kept", "background shape", "choice of its order (deviance/ndof)", "χ²/ndof: sidebands",
                   "background only, all bins", "signal + background", "counting Z", "mass ± width sought",
                   "largest excess of the scan", "toys", "labelled B + S", "R<sub>c</sub> of each fold"});
  for (const Json& point : result.at("working_points")) {
    const Json& fit = point.at("fit");
    table.add_row({cut_of(point), shape_cell(fit), order_cell(fit), fit_quality(fit.at("sidebands")),
                   background_quality(fit), fit_quality(fit.at("signal_and_background")),
                   decimals(fit.at("counting"), "z", 2), sought_cell(fit), best_cell(fit), toys_cell(fit),
                   truth_cell(point), threshold_cell(point)});
  }
  return table.html();
}

std::string failure_list(const Json& result) {
  std::string items;
  for (const Json& point : result.at("working_points")) {
    for (const Json& failure : point.at("fit").at("failures")) {
      const auto sentence = failure.get<std::string>();
      if (!is_among_warnings(result, sentence)) {
        items += "<li>" + html_text(cut_of(point)) + ": " + html_text(sentence) + "</li>";
      }
    }
  }
  return items.empty() ? items
                       : "<aside class=\"warnings\"><h2>What the fits do not say</h2><ul>" + items + "</ul></aside>";
}

std::string sculpting_table(const Json& result) {
  const Json& sculpting = result.at("sculpting");
  if (!sculpting.is_object()) {
    return {};
  }
  HtmlTable table({"χ²/ndof, median [68 %]", "10 % kept", "3 % kept", "1 % kept"});
  for (const Json& curve : sculpting.at("curves")) {
    table.add_row(sculpting_row(curve.at("name"), curve.at("points")));
  }
  table.add_row(sculpting_row("random subsets", sculpting.at("random_subsets")));
  return table.html();
}

}  // namespace eddy::report
