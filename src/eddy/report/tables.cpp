#include <eddy/report/number_format.hpp>
#include <eddy/report/tables.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace eddy::report {
namespace {

double value_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  const bool is_number = found != object.end() && found->is_number();
  return is_number ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::string decimals(const Json& object, const char* key, int digits) {
  return format_decimals(value_of(object, key), digits);
}

/// A table from cells that are already HTML; the first column is a row heading.
class Table {
 public:
  explicit Table(const std::vector<std::string>& headings) {
    html_ = "<div class=\"scroll\"><table><thead><tr>";
    for (const auto& heading : headings) {
      html_ += "<th scope=\"col\">" + heading + "</th>";
    }
    html_ += "</tr></thead><tbody>\n";
  }
  void add_row(const std::vector<std::string>& cells) {
    html_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      html_ += i == 0 ? "<th scope=\"row\">" + cells[i] + "</th>" : "<td>" + cells[i] + "</td>";
    }
    html_ += "</tr>\n";
  }
  [[nodiscard]] std::string html() const { return html_ + "</tbody></table></div>\n"; }

 private:
  std::string html_;
};

/// "823 +30 −29" with the two ends of the interval set above each other.
std::string count_with_interval(const Json& point) {
  const double observed = value_of(point, "observed");
  const Json& interval = point["observed_interval"];
  const double up = interval[1].get<double>() - observed;
  const double down = observed - interval[0].get<double>();
  const int digits = std::max(0, pdg_decimals(up));
  return fmt::format("{} <span class=\"interval\"><span>+{}</span><span>−{}</span></span>", format_count(observed),
                     format_decimals(up, digits), format_decimals(down, digits));
}

int limit_digits(double limit) { return limit < 10 ? 1 : 0; }

std::string expected_limit(const Json& point) {
  const Json& limit = point["expected_upper_limit"];
  const int digits = limit_digits(value_of(limit, "median"));
  return fmt::format("{} <span class=\"muted\">[{}, {}]</span>", decimals(limit, "median", digits),
                     decimals(limit, "minus_1_sigma", digits), decimals(limit, "plus_1_sigma", digits));
}

std::string p_cell(const Json& point) {
  const bool approximate = point["fit"].value("p_value_extrapolated", false);
  return (approximate ? "≈ " : "") + format_p_value(value_of(point, "p_value"));
}

std::string z_cell(const Json& point) {
  const std::string toys = point["fit"].value("from_toys", false) ? " <span class=\"muted\">toys</span>" : "";
  return decimals(point, "z", 2) + toys;
}

bool has_truth(const Json& result) {
  for (const Json& point : result["working_points"]) {
    if (point.contains("true_background")) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> working_point_row(const Json& point, bool with_truth) {
  const Json& fit = point["fit"];
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

std::string thresholds(const Json& point) {
  std::string text;
  for (const Json& threshold : point["threshold"]) {
    text += (text.empty() ? "" : ", ") + (threshold.is_number() ? fmt::format("{:.4f}", threshold.get<double>()) : "–");
  }
  return text;
}

std::string leakage(const Json& fit) {
  const Json& values = fit["leakage"];
  return fmt::format("{:.3g} / {:.3g} / {:.3g}", value_of(values, "B"), value_of(values, "C"), value_of(values, "D"));
}

void flatten(const Json& facts, const std::string& prefix, std::vector<std::pair<std::string, std::string>>& rows) {
  for (const auto& [key, value] : facts.items()) {
    const std::string name = prefix.empty() ? key : prefix + "." + key;
    if (value.is_structured()) {
      flatten(value, name, rows);
    } else {
      rows.emplace_back(name, value.is_string()         ? value.get<std::string>()
                              : value.is_number_float() ? fmt::format("{:.4g}", value.get<double>())
                                                        : value.dump());
    }
  }
}

std::string clipped(const Json& input) {
  std::string text;
  for (const Json& count : input["n_clipped"]) {
    text += (text.empty() ? "" : " / ") + format_count(count.get<double>());
  }
  return text.empty() ? "–" : text;
}

std::string sic_cell(const Json& sic, const char* key) {
  const double value = value_of(sic, key);
  return format_decimals(value, 2);  // "–" below the statistics cut-off
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

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

std::string working_point_table(const Json& result) {
  const bool with_truth = has_truth(result);
  std::vector<std::string> headings = {"ε<sub>B</sub>",        "observed", "expected", "S/√B",
                                       "fitted signal",        "local p",  "Z",        "95 % CL limit",
                                       "expected limit [±1 σ]"};
  if (with_truth) {
    headings.push_back("true background");
  }
  Table table(headings);
  for (const Json& point : result["working_points"]) {
    table.add_row(working_point_row(point, with_truth));
  }
  return table.html();
}

std::string region_table(const Json& result) {
  Table table({"ε<sub>B</sub>", "A", "B", "C", "D", "background in A (fit)", "closure factor", "leakage B / C / D",
               "R<sub>c</sub> of each fold"});
  for (const Json& point : result["working_points"]) {
    const Json& fit = point["fit"];
    const Json& regions = point["regions"];
    table.add_row({format_percent(value_of(point, "efficiency")), format_count(value_of(regions, "A")),
                   format_count(value_of(regions, "B")), format_count(value_of(regions, "C")),
                   format_count(value_of(regions, "D")),
                   format_with_error(value_of(fit, "background"), value_of(fit, "background_error")),
                   format_with_error(value_of(fit, "closure"), value_of(fit, "closure_error")), leakage(fit),
                   thresholds(point)});
  }
  return table.html();
}

std::string evaluation_table(const Json& result) {
  if (!result.contains("evaluation") || result["evaluation"].empty()) {
    return {};
  }
  Table table({"score", "AUC", "largest SIC", "at ε<sub>B</sub> =", "SIC at ε<sub>B</sub> = 10⁻²",
               "SIC at ε<sub>B</sub> = 10⁻³"});
  for (const Json& evaluation : result["evaluation"]) {
    const Json& sic = evaluation["sic"];
    table.add_row({html_text(evaluation["name"].get<std::string>()), decimals(evaluation, "auc", 3),
                   sic_cell(sic, "max"), fmt::format("{:.2g}", value_of(sic, "max_efficiency_background")),
                   sic_cell(sic, "at_1e-2"), sic_cell(sic, "at_1e-3")});
  }
  return table.html();
}

std::string input_table(const Json& result) {
  Table table({"role", "file", "SHA-256", "read", "selected", "signal region", "control region", "dropped (not finite)",
               "clipped, per feature"});
  for (const Json& input : result["inputs"]) {
    const std::string hash = input["sha256"];
    table.add_row({html_text(input["role"].get<std::string>()),
                   "<code>" + html_text(input["file"].get<std::string>()) + "</code>",
                   "<code title=\"" + html_text(hash) + "\">" + html_text(hash.substr(0, 12)) + "</code>",
                   format_count(value_of(input, "n_read")), format_count(value_of(input, "n_selected")),
                   format_count(value_of(input, "n_signal_region")), format_count(value_of(input, "n_control_region")),
                   format_count(value_of(input, "n_dropped_nonfinite")), clipped(input)});
  }
  return table.html();
}

std::string fact_table(const Json& facts) {
  std::vector<std::pair<std::string, std::string>> rows;
  if (facts.is_structured()) {
    flatten(facts, "", rows);
  }
  if (rows.empty()) {
    return {};
  }
  Table table({"fact", "value"});
  for (const auto& [key, value] : rows) {
    table.add_row({html_text(key), html_text(value)});
  }
  return table.html();
}

}  // namespace eddy::report
