#include <eddy/base/json.hpp>
#include <eddy/report/comparison_figures.hpp>
#include <eddy/report/comparison_html.hpp>
#include <eddy/report/comparison_tables.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/tables.hpp>
#include <eddy/report/wording_parts.hpp>

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace eddy::report {
namespace {

constexpr const char* kClosureTests =
    "Can a classifier tell the background that a run constructs from true background? AUC = 0.5 is perfect; "
    "“idealized”: two true samples, “simulation”: the simulated events as they are.";

/// "X has the largest SIC, 12.1 at ε_B = 0.001."; empty without labels.
std::string sensitivity_sentence(const Json& comparison) {
  Json best = nullptr;
  double largest = 0;
  for (const Json& detector : comparison.at("detectors")) {
    const double sic = detector.at("evaluation").is_null() ? 0 : value_of(detector.at("evaluation").at("sic"), "max");
    if (!detector.at("benchmark") && sic > largest) {
      largest = sic;
      best = detector;
    }
  }
  return best.is_null() ? std::string{}
                        : fmt::format(" {} has the largest SIC, {} at ε_B = {:.2g}.",
                                      best.at("label").get<std::string>(), format_decimals(largest, 1),
                                      value_of(best.at("evaluation").at("sic"), "max_efficiency_background"));
}

/// The largest local Z among those that may be quoted.
std::string significance_sentence(const Json& comparison) {
  Json best = nullptr;
  std::string label;
  for (const Json& run : comparison.at("significance")) {
    for (const Json& point : run.at("points")) {
      const bool counts = point.at("quotable") && has_value(point, "z");
      if (counts && (best.is_null() || claimed_z(point) > claimed_z(best))) {
        best = point;
        label = run.at("run");
      }
    }
  }
  return best.is_null()
             ? " No run gives a significance that may be quoted."
             : fmt::format(" The most significant working point is “{}” of {}: {} Z = {}.", cut_of(best), label,
                           has_value(best, "calibrated") ? "calibrated" : "local", format_decimals(claimed_z(best), 1));
}

/// Runs that did not look at the signal region; empty without one.
std::string blind_sentence(const Json& comparison) {
  std::vector<std::string> blind;
  for (const Json& run : comparison.at("runs")) {
    if (is_blind(run)) {
      blind.push_back(run.at("label"));
    }
  }
  return blind.empty() ? std::string{}
                       : fmt::format(
                             " {} {} blind: the signal region is closed, so there are no working points and no "
                             "scores; compare the closure, or open it with eddy unblind.",
                             join(blind), blind.size() == 1 ? "is" : "are");
}

std::string comparison_lead(const Json& comparison) {
  std::vector<std::string> labels;
  for (const Json& run : comparison.at("runs")) {
    labels.push_back(run.at("label"));
  }
  return fmt::format("{} runs side by side: {}.{}{}{}", labels.size(), join(labels), sensitivity_sentence(comparison),
                     significance_sentence(comparison), blind_sentence(comparison));
}

std::string paragraph(const std::string& text) { return "<p class=\"note\">" + html_text(text) + "</p>\n"; }

std::string table_of(std::string_view section, const Json& comparison) {
  if (section == kSignificanceSection) {
    return significance_table(comparison) + simultaneous_comparison(comparison) +
           paragraph(
               "Numbers in red must not be quoted: the background fit is poor, or the latent gate failed. "
               "To choose the most significant of several runs is one more trial, which no Z here accounts for.");
  }
  if (section == kSensitivitySection) {
    return sensitivity_table(comparison) +
           paragraph(
               "From labels, which the searches never used. SIC = ε_S/√ε_B; – where fewer than 20 background "
               "events pass. Benchmarks that have the same numbers in several runs are listed once.");
  }
  if (section == kClosureSection) {
    const std::string tests = closure_test_comparison_table(comparison);
    return closure_table(comparison) + (tests.empty() ? tests : paragraph(kClosureTests) + tests);
  }
  return comparison_sculpting_table(comparison);
}

bool has_section(const Json& figures, std::string_view section) {
  for (const Json& figure : figures.at("figures")) {
    if (figure.at("section") == section) {
      return true;
    }
  }
  return false;
}

std::string sections(const Json& comparison, const Json& figures) {
  std::string html;
  for (const std::string_view section :
       {kSignificanceSection, kSensitivitySection, kClosureSection, kSculptingSection}) {
    // Significances of categories have no cut that they could be drawn against.
    const bool has_points = section == kSignificanceSection && !significance_table(comparison).empty();
    if (!has_points && !has_section(figures, section)) {
      continue;
    }
    std::string content = table_of(section, comparison);
    for (const Json& figure : figures.at("figures")) {
      content += figure.at("section") == section ? figure_html(figure) : "";
    }
    html += section_html(std::string(section), content);
  }
  return html;
}

std::string run_section(const Json& comparison) {
  Json warnings = Json::array();
  for (const Json& run : comparison.at("runs")) {
    for (const Json& warning : run.at("warnings")) {
      warnings.push_back(run.at("label").get<std::string>() + ": " + warning.get<std::string>());
    }
  }
  return section_html("Runs", run_table(comparison) +
                                  paragraph("Time: wall clock of the last start of each run, on so many threads.") +
                                  warning_box("Warnings of single runs", warnings));
}

std::string file_details(const Json& comparison) {
  std::string html;
  for (const Json& run : comparison.at("runs")) {
    html += details_html(run.at("label").get<std::string>() + ": " + run.at("folder").get<std::string>(),
                         input_table(run) + fact_table(run.at("facts")));
  }
  return html;
}

}  // namespace

std::string render_comparison(const Json& comparison, const Json& figures) {
  const bool same = comparison.at("differences").empty();
  return render_page(
      {.title = fmt::format("Comparison of {} runs", comparison.at("runs").size()),
       .kind = "comparison",
       .verdict = same ? "Same data, same region" : "Not the same data or region",
       .level = same ? "none" : "mild",
       .lead = html_text(comparison_lead(comparison)),
       .note = "",
       .warnings = warning_box("These runs differ in more than the method", comparison.at("differences")),
       .body = run_section(comparison) + sections(comparison, figures),
       .files = file_details(comparison),
       .version = html_text(comparison.at("eddy").get<std::string>())},
      figures);
}

}  // namespace eddy::report
