#include <eddy/base/json.hpp>
#include <eddy/report/assets.hpp>
#include <eddy/report/conrad_tables.hpp>
#include <eddy/report/extrapolation_tables.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/quak_tables.hpp>
#include <eddy/report/resonant_tables.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/tables.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

namespace eddy::report {
namespace {

struct GateText {
  const char* title;
  const char* events;  ///< whose latent is judged
  const char* passed;  ///< what it means
  const char* failed;
};
constexpr GateText kConradGate = {
    "Validity gate", "template", "The flow is good enough that its own errors are not mistaken for a signal.",
    "The classifiers may have found errors of the flow: train it longer, or with more template events, before quoting "
    "any number on this page."};
constexpr GateText kResonantGate = {
    "Quality of the flow:", "sideband", "The flow maps background to N(0, 1) at every mass.",
    "The score may follow errors of the flow, which costs sensitivity. The bump hunt stays valid: it rests on the "
    "sidebands of the spectrum after the cut. Train the flow longer, or give it more room."};

std::string gate_box(const Json& result, const GateText& text) {
  const Json& gate = result.at("gate");
  if (!gate.is_object()) {
    return {};
  }
  const bool passed = gate.at("passed");
  const bool measured = gate.at("auc").is_number() && gate.at("limit").is_number() && gate.at("auc_error").is_number();
  const std::string numbers =
      measured ? fmt::format("AUC = {:.4f} ± {:.4f}, allowed up to {:.4g}", gate.at("auc").get<double>(),
                             gate.at("auc_error").get<double>(), gate.at("limit").get<double>())
               : "AUC not available";
  const char* word = passed ? "passed" : "failed";
  return fmt::format(
      "<p class=\"gate {0}\"><strong>{1} {0}.</strong> A classifier that tries to tell the latent of held-out {2} "
      "events from N(0, 1) reaches {3}. {4}</p>",
      word, text.title, text.events, numbers, passed ? text.passed : text.failed);
}

std::string extrapolation_findings(const Json& result) {
  if (is_blind(result)) {
    return section_html("Signal region", blinding_box(result));
  }
  return fill_page(asset(Asset::kExtrapolationFindings), {{"blinding", blinding_box(result)},
                                                          {"working_points", template_working_point_table(result)},
                                                          {"errors", prediction_error_table(result)},
                                                          {"regions", template_region_table(result)}});
}

/// What the search found: the part of the page that depends on the family of the method.
std::string findings(const Json& result) {
  if (is_loss_space(result)) {
    return quak_findings(result);
  }
  if (is_extrapolation(result)) {
    return extrapolation_findings(result);
  }
  if (is_resonant(result)) {
    return fill_page(asset(Asset::kResonantFindings), {{"working_points", hunt_table(result)},
                                                       {"failures", failure_list(result)},
                                                       {"fits", fit_table(result)},
                                                       {"gate", gate_box(result, kResonantGate)}});
  }
  return fill_page(asset(Asset::kConradFindings), {{"working_points", working_point_table(result)},
                                                   {"regions", region_table(result)},
                                                   {"gate", gate_box(result, kConradGate)}});
}

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
  if (section == "Sensitivity" && is_loss_space(result)) {
    return separation_table(result);
  }
  if (section == "Sensitivity") {
    return evaluation_table(result) +
           "<p class=\"note\">From labels, which the search itself never used. SIC = ε<sub>S</sub>/√ε<sub>B</sub>; – "
           "where fewer than 20 background events pass.</p>";
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

/// The figures under the headings they name, in their order.
std::string figure_sections(const Json& result, const Json& figures) {
  std::string html;
  std::string open_section;
  for (const Json& figure : figures.at("figures")) {
    const std::string section = figure.at("section");
    if (section != open_section) {
      html += open_section.empty() ? "" : "</section>\n";
      html += "<section><h2>" + html_text(section) + "</h2>\n" + extra_of_section(section, result);
      open_section = section;
    }
    html += figure_html(figure);
  }
  return open_section.empty() ? html : html + "</section>\n";
}

}  // namespace

std::string render_report(const Json& result, const Json& figures, const Json& run_facts) {
  const Wording wording = word(result);
  return render_page({.title = html_text(result.at("name").get<std::string>()),
                      .kind = "search report",
                      .verdict = html_text(wording.verdict),
                      .level = wording.level,
                      .lead = html_text(wording.searched + " " + wording.found),
                      .note = setup_line(result),
                      .warnings = warning_box("Warnings", result.at("warnings")),
                      .body = findings(result) + "\n" + figure_sections(result, figures),
                      .files = input_table(result) + details_html("Timing and machine", fact_table(run_facts)),
                      .version = html_text(result.at("eddy").get<std::string>())},
                     figures);
}

}  // namespace eddy::report
