#include <eddy/base/json.hpp>
#include <eddy/report/assets.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/page.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::report {
namespace {

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

std::string x_buttons(const Json& figure) {
  std::string html;
  for (const Json& panel : figure.at("panels")) {
    if (!panel.contains("x_choices")) {
      continue;
    }
    for (std::size_t i = 0; i < panel.at("x_choices").size(); ++i) {
      html +=
          fmt::format("<button type=\"button\" class=\"choice\" data-choice=\"{}\" aria-pressed=\"{}\">{}</button>", i,
                      i == 0 ? "true" : "false", html_text(panel.at("x_choices").at(i).at("name").get<std::string>()));
    }
    return "<span class=\"choices\" role=\"group\" aria-label=\"x axis\"><span class=\"muted\">x axis</span> " + html +
           "</span>";
  }
  return html;
}

}  // namespace

std::string fill_page(std::string_view text, const std::map<std::string, std::string, std::less<>>& parts) {
  std::string html;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find("{{", at);
    const std::size_t close = text.find("}}", std::min(open, text.size()));
    if (close == std::string_view::npos) {
      return html.append(text.substr(at));
    }
    html.append(text.substr(at, open - at)).append(parts.at(std::string(text.substr(open + 2, close - open - 2))));
    at = close + 2;
  }
  return html;
}

std::string figure_html(const Json& figure) {
  const std::string id = html_text(figure.at("id").get<std::string>());
  const std::string title = html_text(figure.at("title").get<std::string>());
  return fmt::format(
      "<figure id=\"figure-{0}\" data-figure=\"{0}\">\n<div class=\"bar\"><h3>{1}</h3>{2}"
      "<span class=\"downloads\"><button type=\"button\" class=\"svg\" title=\"Save the figure as SVG\">SVG</button>"
      "<button type=\"button\" class=\"csv\" title=\"Save the numbers as CSV\">CSV</button></span></div>\n"
      "<div class=\"plot\" role=\"img\" aria-label=\"{1}\"></div>\n<figcaption>{3}</figcaption>\n</figure>\n",
      id, title, x_buttons(figure), html_text(figure.at("caption").get<std::string>()));
}

std::string section_html(const std::string& heading, const std::string& content) {
  return "<section><h2>" + html_text(heading) + "</h2>\n" + content + "</section>\n";
}

std::string warning_box(const std::string& heading, const Json& warnings) {
  if (warnings.empty()) {
    return {};
  }
  std::string html = "<aside class=\"warnings\"><h2>" + html_text(heading) + "</h2><ul>";
  for (const Json& warning : warnings) {
    html += "<li>" + html_text(warning.get<std::string>()) + "</li>";
  }
  return html + "</ul></aside>";
}

std::string details_html(const std::string& summary, const std::string& content) {
  return content.empty() ? content : "<details><summary>" + html_text(summary) + "</summary>" + content + "</details>";
}

std::string render_page(const Page& page, const Json& figures) {
  return fill_page(asset(Asset::kPage), {{"title", page.title},
                                         {"kind", page.kind},
                                         {"style", std::string(asset(Asset::kStyle))},
                                         {"level", page.level},
                                         {"verdict", page.verdict},
                                         {"lead", page.lead},
                                         {"note", page.note},
                                         {"warnings", page.warnings},
                                         {"body", page.body},
                                         {"files", page.files},
                                         {"version", page.version},
                                         {"plotly", embeddable_script(asset(Asset::kPlotly))},
                                         {"script", embeddable_script(asset(Asset::kScript))},
                                         {"figures", embeddable_json(figures)}});
}

}  // namespace eddy::report
