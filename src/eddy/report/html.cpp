#include <eddy/report/assets.hpp>
#include <eddy/report/conrad_tables.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/method_title.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/resonant_tables.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/tables.hpp>
#include <eddy/report/wording.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace eddy::report {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// A script cannot contain the characters that end it; the replacement means the same inside JavaScript strings.
std::string embeddable_script(std::string_view source) {
  std::string script(source);
  replace_all(script, "</script", "<\\/script");
  replace_all(script, "<!--", "<\\!--");
  return script;
}

std::string embeddable_json(const Json& document) {
  std::string json = document.dump();
  replace_all(json, "<", "\\u003c");
  return json;
}

/// `page` with each {{key}} replaced once; what is put in is not looked at again.
std::string fill_page(std::string_view page, const std::map<std::string, std::string, std::less<>>& parts) {
  std::string html;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t open = page.find("{{", at);
    const std::size_t close = page.find("}}", std::min(open, page.size()));
    if (close == std::string_view::npos) {
      return html.append(page.substr(at));
    }
    html.append(page.substr(at, open - at)).append(parts.at(std::string(page.substr(open + 2, close - open - 2))));
    at = close + 2;
  }
  return html;
}

std::string warning_box(const Json& result) {
  if (result["warnings"].empty()) {
    return {};
  }
  std::string html = "<aside class=\"warnings\"><h2>Warnings</h2><ul>";
  for (const Json& warning : result["warnings"]) {
    html += "<li>" + html_text(warning.get<std::string>()) + "</li>";
  }
  return html + "</ul></aside>";
}

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
  const Json& gate = result["gate"];
  if (!gate.is_object()) {
    return {};
  }
  const bool passed = gate["passed"];
  const bool measured = gate["auc"].is_number() && gate["limit"].is_number() && gate["auc_error"].is_number();
  const std::string numbers =
      measured ? fmt::format("AUC = {:.4f} ± {:.4f}, allowed up to {:.4g}", gate["auc"].get<double>(),
                             gate["auc_error"].get<double>(), gate["limit"].get<double>())
               : "AUC not available";
  const char* word = passed ? "passed" : "failed";
  return fmt::format(
      "<p class=\"gate {0}\"><strong>{1} {0}.</strong> A classifier that tries to tell the latent of held-out {2} "
      "events from N(0, 1) reaches {3}. {4}</p>",
      word, text.title, text.events, numbers, passed ? text.passed : text.failed);
}

/// What the search found: the part of the page that depends on the family of the method.
std::string findings(const Json& result) {
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
  const Json& setup = result["setup"];
  std::string text = fmt::format("Method {}, seed {}, selection “{}”.", method_title(result["method"]),
                                 result["seed"].get<std::uint64_t>(), setup["selection"].get<std::string>());
  if (setup["n_injected"].get<std::size_t>() > 0) {
    text += fmt::format(" A study: {} labelled signal events were added to the data",
                        format_count(setup["n_injected"].get<double>()));
    text += setup.contains("injected_s_over_sqrt_b") && setup["injected_s_over_sqrt_b"].is_number()
                ? fmt::format(", S/√B = {:.2f} in the signal region.", setup["injected_s_over_sqrt_b"].get<double>())
                : ".";
  }
  return html_text(text);
}

std::string x_buttons(const Json& figure) {
  std::string html;
  for (const Json& panel : figure["panels"]) {
    if (!panel.contains("x_choices")) {
      continue;
    }
    for (std::size_t i = 0; i < panel["x_choices"].size(); ++i) {
      html += fmt::format("<button type=\"button\" class=\"choice\" data-choice=\"{}\" aria-pressed=\"{}\">{}</button>",
                          i, i == 0 ? "true" : "false", html_text(panel["x_choices"][i]["name"].get<std::string>()));
    }
    return "<span class=\"choices\" role=\"group\" aria-label=\"x axis\"><span class=\"muted\">x axis</span> " + html +
           "</span>";
  }
  return html;
}

std::string figure_html(const Json& figure) {
  const std::string id = html_text(figure["id"].get<std::string>());
  const std::string title = html_text(figure["title"].get<std::string>());
  return fmt::format(
      "<figure id=\"figure-{0}\" data-figure=\"{0}\">\n<div class=\"bar\"><h3>{1}</h3>{2}"
      "<span class=\"downloads\"><button type=\"button\" class=\"svg\" title=\"Save the figure as SVG\">SVG</button>"
      "<button type=\"button\" class=\"csv\" title=\"Save the numbers as CSV\">CSV</button></span></div>\n"
      "<div class=\"plot\" role=\"img\" aria-label=\"{1}\"></div>\n<figcaption>{3}</figcaption>\n</figure>\n",
      id, title, x_buttons(figure), html_text(figure["caption"].get<std::string>()));
}

std::string extra_of_section(const std::string& section, const Json& result) {
  if (section == "Sensitivity") {
    return evaluation_table(result) +
           "<p class=\"note\">From labels, which the search itself never used. SIC = ε<sub>S</sub>/√ε<sub>B</sub>; – "
           "where fewer "
           "than 20 background events pass.</p>";
  }
  return section == "Sculpting" ? sculpting_table(result) : std::string{};
}

/// The figures under the headings they name, in their order.
std::string figure_sections(const Json& result, const Json& figures) {
  std::string html;
  std::string open_section;
  for (const Json& figure : figures["figures"]) {
    const std::string section = figure["section"];
    if (section != open_section) {
      html += open_section.empty() ? "" : "</section>\n";
      html += "<section><h2>" + html_text(section) + "</h2>\n" + extra_of_section(section, result);
      open_section = section;
    }
    html += figure_html(figure);
  }
  return open_section.empty() ? html : html + "</section>\n";
}

std::string fact_section(const Json& run_facts) {
  const std::string table = fact_table(run_facts);
  return table.empty() ? table : "<details><summary>Timing and machine</summary>" + table + "</details>";
}

}  // namespace

std::string render_report(const Json& result, const Json& figures, const Json& run_facts) {
  const Wording wording = word(result);
  return fill_page(asset(Asset::kPage), {{"title", html_text(result["name"].get<std::string>())},
                                         {"style", std::string(asset(Asset::kStyle))},
                                         {"level", wording.level},
                                         {"verdict", html_text(wording.verdict)},
                                         {"searched", html_text(wording.searched)},
                                         {"found", html_text(wording.found)},
                                         {"setup", setup_line(result)},
                                         {"warnings", warning_box(result)},
                                         {"findings", findings(result)},
                                         {"sections", figure_sections(result, figures)},
                                         {"inputs", input_table(result)},
                                         {"facts", fact_section(run_facts)},
                                         {"version", html_text(result["eddy"].get<std::string>())},
                                         {"plotly", embeddable_script(asset(Asset::kPlotly))},
                                         {"script", embeddable_script(asset(Asset::kScript))},
                                         {"figures", embeddable_json(figures)}});
}

}  // namespace eddy::report
