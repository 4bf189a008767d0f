#include <eddy/report/html_table.hpp>

#include <array>
#include <utility>

namespace eddy::report {
void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string html_text(std::string_view text) {
  std::string html(text);
  replace_all(html, "&", "&amp;");
  replace_all(html, "<", "&lt;");
  replace_all(html, ">", "&gt;");
  replace_all(html, "\"", "&quot;");
  constexpr std::array<std::pair<const char*, const char*>, 6> kSubscripts = {
      {{"ε_B", "ε<sub>B</sub>"},
       {"ε_S", "ε<sub>S</sub>"},
       {"N_B N_C / N_D", "N<sub>B</sub>N<sub>C</sub>/N<sub>D</sub>"},
       {"N_A", "N<sub>A</sub>"},
       {"log10", "log<sub>10</sub>"},
       {"R_c", "R<sub>c</sub>"}}};
  for (const auto& [plain, rich] : kSubscripts) {
    replace_all(html, plain, rich);
  }
  return html;
}

HtmlTable::HtmlTable(const std::vector<std::string>& headings) {
  html_ = "<div class=\"scroll\"><table><thead><tr>";
  for (const auto& heading : headings) {
    html_ += "<th scope=\"col\">" + heading + "</th>";
  }
  html_ += "</tr></thead><tbody>\n";
}

void HtmlTable::add_row(const std::vector<std::string>& cells) {
  html_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    html_ += i == 0 ? "<th scope=\"row\">" + cells[i] + "</th>" : "<td>" + cells[i] + "</td>";
  }
  html_ += "</tr>\n";
}

std::string HtmlTable::html() const { return html_ + "</tbody></table></div>\n"; }

}  // namespace eddy::report
