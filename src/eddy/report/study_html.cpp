#include <eddy/base/json.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/study_figures.hpp>
#include <eddy/report/study_html.hpp>
#include <eddy/report/study_ranking.hpp>
#include <eddy/report/study_reader.hpp>
#include <eddy/report/study_table.hpp>
#include <eddy/report/study_titles.hpp>
#include <eddy/report/tables.hpp>
#include <eddy/report/wording_parts.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

namespace eddy::report {
namespace {

/// Three significant digits, at most four after the point.
std::string short_number(double value) {
  if (!std::isfinite(value)) {
    return "–";
  }
  const double size = std::abs(value);
  const int before = size > 0 ? static_cast<int>(std::floor(std::log10(size))) : 0;
  return format_decimals(value, std::clamp(2 - before, 0, 4));
}

std::string band_cell(const Json& point) {
  const double median = value_of(point, "median");
  if (!std::isfinite(median)) {
    return "–";
  }
  const std::string text = "<strong>" + short_number(median) + "</strong>";
  return point.at("n") == 1
             ? text
             : text + fmt::format(" <span class=\"muted\">[{}, {}]</span>", short_number(value_of(point, "low")),
                                  short_number(value_of(point, "high")));
}

std::string column_heading(const Json& study, const Json& curve, bool several) {
  const Json& column = column_of(study, curve);
  const std::string title = curve_title(study, curve, several);
  if (column.at("element_kind") == "name") {
    return html_text(title);
  }
  const std::string element = element_title(column);
  return html_text(element.empty() || curve.at("group").empty() ? (element.empty() ? title : element)
                                                                : element + ", " + title);
}

std::string cell_at(const Json& curve, const Json& x) {
  const Json& points = curve.at("points");
  const auto at = std::ranges::find_if(points, [&](const Json& point) { return point.at("x") == x; });
  return at == points.end() ? "–" : band_cell(*at);
}

/// Median and band of one metric: a row for each value of the x axis, a column for each curve.
std::string metric_table(const Json& study, const std::string& metric) {
  std::vector<Json> curves;
  for (const std::vector<Json>& panel : curves_by_panel(study, metric)) {
    curves.insert(curves.end(), panel.begin(), panel.end());
  }
  const Json axis = x_axis_of(study);
  std::vector<std::string> headings = {axis.is_null() ? "" : html_text(axis.at("label").get<std::string>())};
  for (const Json& curve : curves) {
    headings.push_back(column_heading(study, curve, has_several_groups(study)));
  }
  HtmlTable table(headings);
  for (const Json& x : axis.is_null() ? Json::array({nullptr}) : axis.at("values")) {
    std::vector<std::string> cells = {x.is_null() ? "all repeats" : html_text(value_text(x))};
    std::ranges::transform(curves, std::back_inserter(cells), [&](const Json& curve) { return cell_at(curve, x); });
    table.add_row(cells);
  }
  return table.html();
}

std::vector<std::string> sections_of(const Json& study) {
  std::vector<std::string> sections;
  for (const std::string& metric : metrics_of(study)) {
    const std::string section = metric_section(metric);
    if (std::ranges::find(sections, section) == sections.end()) {
      sections.push_back(section);
    }
  }
  return sections;
}

std::string figure_named(const Json& figures, const std::string& id) {
  for (const Json& figure : figures.at("figures")) {
    if (figure.at("id") == id) {
      return figure_html(figure);
    }
  }
  return {};
}

std::string metric_sections(const Json& study, const Json& figures) {
  const std::vector<std::string> metrics = metrics_of(study);
  std::string html;
  for (const std::string& section : sections_of(study)) {
    std::string content;
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      if (metric_section(metrics[m]) == section) {
        content += figure_named(figures, metric_figure_id(m)) +
                   details_html(metric_title(metrics[m]) + " in numbers", metric_table(study, metrics[m]));
      }
    }
    html += section_html(section, content);
  }
  return html;
}

std::string axis_table(const Json& study) {
  HtmlTable table({"axis", "setting", "in the figures", "values"});
  for (const Json& axis : study.at("axes")) {
    std::vector<std::string> values;
    std::ranges::transform(axis.at("values"), std::back_inserter(values), value_text);
    const std::string role = axis.at("role");
    table.add_row({html_text(axis.at("label").get<std::string>()),
                   "<code>" + html_text(axis.at("key").get<std::string>()) + "</code>",
                   role == "x" ? "x axis" : (role == "repeat" ? "repeats: median and band" : "one curve each"),
                   html_text(fmt::format("{}", fmt::join(values, ", ")))});
  }
  return "<div class=\"axes\">" + table.html() + "</div>\n";
}

/// Every point with every number.
std::string point_table(const Json& study) {
  std::vector<std::string> headings = {"point"};
  for (const Json& axis : study.at("axes")) {
    headings.push_back(html_text(axis.at("label").get<std::string>()));
  }
  for (const Json& column : study.at("columns")) {
    headings.push_back("<code>" + html_text(column.at("path").get<std::string>()) + "</code>");
  }
  HtmlTable table(headings);
  for (std::size_t i = 0; i < study.at("points").size(); ++i) {
    const Json& point = study.at("points").at(i);
    std::vector<std::string> cells = {fmt::format("{}{}", i + 1, point.at("error").is_null() ? "" : " failed")};
    std::ranges::transform(point.at("axes"), std::back_inserter(cells),
                           [](const Json& value) { return html_text(value_text(value)); });
    for (const Json& number : point.at("numbers")) {
      cells.push_back(number.is_null() ? "–" : short_number(number));
    }
    table.add_row(cells);
  }
  return table.html();
}

/// "inject.seed = 3, inject.count = 100"
std::string point_name(const Json& study, const Json& point) {
  std::vector<std::string> parts;
  for (std::size_t a = 0; a < study.at("axes").size(); ++a) {
    parts.push_back(fmt::format("{} = {}", study.at("axes").at(a).at("key").get<std::string>(),
                                value_text(point.at("axes").at(a))));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

Json failures(const Json& study) {
  Json sentences = Json::array();
  for (const Json& point : study.at("points")) {
    if (!point.at("error").is_null()) {
      sentences.push_back(point_name(study, point) + ": " + point.at("error").get<std::string>());
    }
  }
  return sentences;
}

/// "in 3 results", for numbers that do not exist in every finished one.
std::string missing_sentence(const Json& study) {
  std::vector<std::string> missing;
  for (const std::string& metric : metrics_of(study)) {
    std::size_t n = 0;
    for (const Json& curve : study.at("curves")) {
      for (const Json& point : curve.at("points")) {
        n += column_of(study, curve).at("metric") == metric ? point.at("n_missing").get<std::size_t>() : 0;
      }
    }
    if (n > 0) {
      missing.push_back(fmt::format("{} ({})", metric_title(metric), n));
    }
  }
  return missing.empty()
             ? ""
             : " Numbers that do not exist, such as a SIC where too few background events pass, do not count: " +
                   join(missing) + ".";
}

std::string study_lead(const Json& study) {
  const std::size_t n = study.at("points").size();
  const auto n_failed = study.at("n_failed").get<std::size_t>();
  std::string product;
  for (const Json& axis : study.at("axes")) {
    product += fmt::format("{}{} values of {}", product.empty() ? "" : " × ", axis.at("values").size(),
                           axis.at("label").get<std::string>());
  }
  return html_text(
      fmt::format("{} searches: {}.{}", n, product, n_failed == 0 ? "" : fmt::format(" {} of them failed.", n_failed)));
}

std::string repeated_sentence(const Json& study) {
  std::size_t n = 0;
  for (const Json& curve : study.at("curves")) {
    for (const Json& point : curve.at("points")) {
      n = std::max(n, point.at("n_repeated").get<std::size_t>());
    }
  }
  return n == 0 ? "" : " Repeats that are the very same search, such as the injection of nothing, count once.";
}

std::string source_text(const std::string& text) { return "<pre><code>" + html_text(text) + "</code></pre>"; }

}  // namespace

std::string render_study(const Json& study, const Json& figures, const StudySource& source, const Json& facts) {
  const auto n_failed = study.at("n_failed").get<std::size_t>();
  const std::size_t n = study.at("points").size();
  return render_page(
      {.title = html_text(study.at("name").get<std::string>()),
       .kind = "study",
       .verdict = n_failed == 0 ? fmt::format("{} searches", n) : fmt::format("{} of {} searches", n - n_failed, n),
       .level = n_failed == 0 ? "none" : "mild",
       .lead = study_lead(study),
       .note = html_text("Lines and marks are medians over the repeats, bands the central 68 %." +
                         repeated_sentence(study) + missing_sentence(study)),
       .warnings = warning_box("These points failed", failures(study)),
       .body = section_html("Axes", axis_table(study)) + metric_sections(study, figures) + ranking_section(study),
       .files = details_html("All points", point_table(study)) + details_html("study.toml", source_text(source.study)) +
                details_html("config.toml: the base of every point", source_text(source.base)) +
                details_html("Machine and time", fact_table(facts)),
       .version = html_text(study.at("eddy").get<std::string>())},
      figures);
}

}  // namespace eddy::report
