#include <eddy/base/json.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>
#include <eddy/report/tables.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace eddy::report {
namespace {

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
  for (const Json& count : input.at("n_clipped")) {
    text += (text.empty() ? "" : " / ") + format_count(count.get<double>());
  }
  return text.empty() ? "–" : text;
}

bool has_retrainings(const Json& result) {
  return std::ranges::any_of(result.at("evaluation"), [](const Json& e) { return e.contains("retrainings"); });
}

/// Events, and of weighted ones what they amount to.
std::string selected_cell(const Json& input) {
  std::string cell = format_count(value_of(input, "n_selected"));
  if (input.contains("weight")) {
    cell += fmt::format(" <span class=\"muted\">Σw = {:.6g}, effective {:.6g}</span>",
                        value_of(input, "sum_of_weights"), value_of(input, "n_effective"));
  }
  return cell;
}

}  // namespace

std::string evaluation_table(const Json& result) {
  if (!result.contains("evaluation") || result.at("evaluation").empty()) {
    return {};
  }
  const bool with_retrainings = has_retrainings(result);
  std::vector<std::string> headings = {"score",
                                       "AUC",
                                       "largest SIC",
                                       "at ε<sub>B</sub> =",
                                       "SIC at ε<sub>B</sub> = 10⁻²",
                                       "SIC at ε<sub>B</sub> = 10⁻³"};
  if (with_retrainings) {
    headings.emplace_back("largest SIC of single retrainings: median [68 %]");
  }
  HtmlTable table(headings);
  for (const Json& evaluation : result.at("evaluation")) {
    const Json& sic = evaluation.at("sic");
    std::vector<std::string> cells = {html_text(evaluation.at("name").get<std::string>()),
                                      decimals(evaluation, "auc", 3),
                                      sic_cell(sic, "max"),
                                      fmt::format("{:.2g}", value_of(sic, "max_efficiency_background")),
                                      sic_cell(sic, "at_1e-2"),
                                      sic_cell(sic, "at_1e-3")};
    if (with_retrainings) {
      cells.push_back(fmt::format("{} <span class=\"muted\">of {}</span>", retraining_cell(evaluation, "max"),
                                  evaluation.value("retrainings", Json::array()).size()));
    }
    table.add_row(cells);
  }
  return table.html();
}

std::string input_table(const Json& result) {
  HtmlTable table({"role", "file", "SHA-256", "read", "selected", "signal region", "control region",
                   "dropped (not finite)", "clipped, per feature"});
  for (const Json& input : result.at("inputs")) {
    const std::string hash = input.at("sha256");
    const bool hidden = is_blind(result) && input.at("role") == "data";
    table.add_row({html_text(input.at("role").get<std::string>()),
                   "<code>" + html_text(input.at("file").get<std::string>()) + "</code>",
                   "<code title=\"" + html_text(hash) + "\">" + html_text(hash.substr(0, 12)) + "</code>",
                   hidden ? "blinded" : format_count(value_of(input, "n_read")), selected_cell(input),
                   hidden ? "blinded" : format_count(value_of(input, "n_signal_region")),
                   format_count(value_of(input, "n_control_region")),
                   format_count(value_of(input, "n_dropped_nonfinite")), clipped(input)});
  }
  return table.html();
}

std::string fact_table(const Json& facts) {
  std::vector<std::pair<std::string, std::string>> rows;
  if (facts.is_structured()) {
    Json shown = facts;
    if (shown.is_object()) {
      shown.erase("sha256");  // of the files beside the report: for eddy alone
    }
    flatten(shown, "", rows);
  }
  if (rows.empty()) {
    return {};
  }
  HtmlTable table({"fact", "value"});
  for (const auto& [key, value] : rows) {
    table.add_row({html_text(key), html_text(value)});
  }
  return table.html();
}

}  // namespace eddy::report
