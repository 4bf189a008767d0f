#include <eddy/base/json.hpp>
#include <eddy/report/anomaly.hpp>
#include <eddy/report/blinding.hpp>
#include <eddy/report/calibration.hpp>
#include <eddy/report/evidence/bump/bump_tables.hpp>
#include <eddy/report/evidence/categories/category_tables.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/evidence/template_count/template_count_tables.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/limit.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/old_result.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/tables.hpp>
#include <eddy/report/validation.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::report {
namespace {

std::string setup_line(const Json& result) {
  const Json& setup = result.at("setup");
  const std::string selection = setup.at("selection");
  std::string text = fmt::format("Method {}, seed {}{}.", search::method_title(result.at("method")),
                                 result.at("seed").get<std::uint64_t>(),
                                 selection.empty() ? "" : fmt::format(", selection “{}”", selection));
  if (setup.at("n_injected").get<std::size_t>() > 0) {
    text += fmt::format(" A study: {} labelled signal events were added to the data",
                        format_count(setup.at("n_injected").get<double>()));
    text += setup.contains("injected_s_over_sqrt_b") && setup.at("injected_s_over_sqrt_b").is_number()
                ? fmt::format(", S/√B = {:.2f} in the signal region.", setup.at("injected_s_over_sqrt_b").get<double>())
                : ".";
  }
  return html_text(text);
}

std::string extra_of_section(const std::string& section, const Json& result) {
  if (section == "Sensitivity") {
    if (const std::string separation = separation_table(result); !separation.empty()) {
      return separation;
    }
    return evaluation_table(result) +
           "<p class=\"note\">From labels, which the search itself never used. SIC = ε<sub>S</sub>/√ε<sub>B</sub>; – "
           "where fewer than 20 background events pass.</p>";
  }
  if (section == "Validation") {
    return validation_table(result) + windows_table(result);
  }
  if (section == "Calibration") {
    return calibration_table(result);
  }
  if (section == "Closure") {
    return closure_test_table(result) +
           "<p class=\"note\">Classifiers try to tell constructed from true background; 0.5 is perfect. Spread: "
           "standard deviation between runs. “idealized” compares two samples of true background, “simulation” the "
           "simulated events as they are, which the method corrects. In the signal region there are tests only with "
           "labels.</p>";
  }
  if (section == "Constructed background") {
    return weight_table(result);
  }
  return section == "Sculpting" ? sculpting_table(result) : std::string{};
}

/// To where the method's own estimate of the signal stands, if it has one.
std::string pointer_to_fraction(const Json& result) {
  return has_value(result, "signal_fraction")
             ? "<p class=\"note\">How much of the signal region the method itself takes to be signal stands below the "
               "working points.</p>"
             : std::string{};
}

/// What stands below the figures of a section.
std::string foot_of_section(const std::string& section, const Json& result) {
  return section == kAnomalySection ? signal_like_table(result) + pointer_to_fraction(result) : std::string{};
}

/// The figures under the headings they name, in their order.
std::string figure_sections(const Json& result, const Json& figures) {
  std::string html;
  std::string open_section;
  for (const Json& figure : figures.at("figures")) {
    const std::string section = figure.at("section");
    if (section != open_section) {
      html += open_section.empty() ? "" : foot_of_section(open_section, result) + "</section>\n";
      html += "<section><h2>" + html_text(section) + "</h2>\n" + extra_of_section(section, result);
      open_section = section;
    }
    html += figure_html(figure);
  }
  return open_section.empty() ? html : html + foot_of_section(open_section, result) + "</section>\n";
}

/// The named events, where no figure of theirs has a section that they stand in.
std::string events_alone(const Json& result, const Json& figures) {
  const Json& all = figures.at("figures");
  const std::string table = signal_like_table(result);
  const bool has_section =
      std::ranges::any_of(all, [](const Json& figure) { return figure.at("section") == kAnomalySection; });
  return has_section || table.empty() ? std::string{} : section_html(kAnomalySection, table);
}

Json with_figures_of(const Json& limit, Json figures) {
  for (const Json& figure : limit.at("figures")) {
    figures.at("figures").push_back(figure);
  }
  return figures;
}

}  // namespace

std::string render_report(const Json& stored, const Json& figures, const Json& run_facts, const Json* limit) {
  const Json result = current_result(stored);
  const Wording wording = word(result);
  return render_page(
      {.title = html_text(result.at("name").get<std::string>()),
       .kind = "search report",
       .verdict = html_text(wording.verdict),
       .level = wording.level,
       .lead = html_text(wording.searched + " " + wording.found),
       .note = setup_line(result),
       .warnings = warning_box("Warnings", result.at("warnings")),
       .body = blinding_section(result) + page_of(result).findings(result) + "\n" + figure_sections(result, figures) +
               events_alone(result, figures) + (limit != nullptr ? limit_section(*limit) : ""),
       .files = input_table(result) + details_html("Timing and machine", fact_table(run_facts)),
       .version = html_text(result.at("eddy").get<std::string>())},
      limit != nullptr ? with_figures_of(*limit, figures) : figures);
}

}  // namespace eddy::report
