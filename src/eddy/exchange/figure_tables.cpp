#include <eddy/base/json.hpp>
#include <eddy/exchange/figure_tables.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::exchange {
namespace {

using base::Json;

constexpr const char* kNothing = "-";  // where a figure shows nothing

/// Values of x that traces share: bins, or places.
struct Grid {
  std::vector<double> low;
  std::vector<double> high;  ///< empty: places
  Json columns = Json::array();
};

std::vector<double> numbers(const Json& list) {
  std::vector<double> values;
  for (const Json& value : list) {
    values.push_back(value.is_number() ? value.get<double>() : std::nan(""));
  }
  return values;
}

Json header_of(const Json& axis) {
  Json header = {{"name", axis.value("label", std::string("x"))}};
  if (const std::string unit = axis.value("unit", std::string()); !unit.empty()) {
    header["units"] = unit;
  }
  return header;
}

/// x of a trace, the first of its choices where there are several.
std::vector<double> x_of(const Json& trace) {
  if (trace.contains("x_choices") && !trace.at("x_choices").empty()) {
    return numbers(trace.at("x_choices").front());
  }
  return trace.contains("x") ? numbers(trace.at("x")) : std::vector<double>();
}

std::size_t n_values(const Json& trace) {
  return trace.value("kind", "") == "band" ? trace.at("low").size() : trace.at("y").size();
}

/// Whether x are the middles of the bins of `grid`; figures have six digits.
bool are_middles(const std::vector<double>& x, const Grid& grid) {
  constexpr double kDigits = 1e-4;
  if (grid.high.size() != x.size()) {
    return false;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!(std::abs(x[i] - 0.5 * (grid.low[i] + grid.high[i])) <=
          kDigits * std::abs(grid.high[i] - grid.low[i]) + 1e-6 * std::abs(x[i]))) {
      return false;
    }
  }
  return true;
}

Grid& grid_for(const std::vector<double>& x, std::size_t n, std::vector<Grid>& grids) {
  Grid wanted;
  if (x.size() == n + 1) {
    wanted.low.assign(x.begin(), x.end() - 1);
    wanted.high.assign(x.begin() + 1, x.end());
  } else {
    wanted.low = x;
  }
  const auto same = std::ranges::find_if(grids, [&](const Grid& grid) {
    return (grid.low == wanted.low && grid.high == wanted.high) || (wanted.high.empty() && are_middles(x, grid));
  });
  return same != grids.end() ? *same : grids.emplace_back(std::move(wanted));
}

/// Differences of numbers of six digits have no more.
double rounded(double difference) {
  constexpr double kDigits = 1e9;
  return std::round(difference * kDigits) / kDigits;
}

Json point(double value, double low, double high) {
  if (!std::isfinite(value)) {
    return {{"value", kNothing}};
  }
  Json json = {{"value", value}};
  if (std::isfinite(low) && std::isfinite(high) && low != high) {  // HEPData knows no error of 0
    json["errors"] = {
        {{"asymerror", {{"minus", rounded(low - value)}, {"plus", rounded(high - value)}}}, {"label", "error bar"}}};
  }
  return json;
}

Json values_of(const Json& trace, std::size_t n) {
  const auto list = [&](const char* key) {
    return trace.contains(key) && trace.at(key).size() == n ? numbers(trace.at(key))
                                                            : std::vector<double>(n, std::nan(""));
  };
  const std::vector<double> low = list("low");
  const std::vector<double> high = list("high");
  const std::vector<double> y = list("y");
  Json values = Json::array();
  for (std::size_t i = 0; i < n; ++i) {
    const bool is_band = trace.at("kind") == "band";
    values.push_back(point(is_band ? 0.5 * (low[i] + high[i]) : y[i], low[i], high[i]));
  }
  return values;
}

void add_trace(const Json& trace, const Json& y_axis, std::vector<Grid>& grids) {
  const std::string kind = trace.value("kind", "");
  const bool has_values = kind == "step" || kind == "points" || kind == "line" || kind == "band";
  if (!has_values || trace.value("role", "") == "guide") {
    return;
  }
  const std::size_t n = n_values(trace);
  const std::vector<double> x = x_of(trace);
  if (n == 0 || (x.size() != n && x.size() != n + 1) ||
      !std::ranges::all_of(x, [](double v) { return std::isfinite(v); })) {
    return;
  }
  const std::string name = trace.value("name", "");
  Json header = header_of(y_axis);
  Json column = {{"header", header}, {"values", values_of(trace, n)}};
  column["qualifiers"] = {{{"name", "SERIES"}, {"value", name.empty() ? trace.value("role", "") : name}}};
  if (kind == "band") {
    column["qualifiers"].push_back({{"name", "INTERVAL"}, {"value", "middle and half width of a band"}});
  }
  grid_for(x, n, grids).columns.push_back(std::move(column));
}

Json x_values(const Grid& grid, const Json& axis) {
  Json values = Json::array();
  const Json ticks = axis.value("ticks", Json::array());
  for (std::size_t i = 0; i < grid.low.size(); ++i) {
    const double x = grid.low[i];
    if (!grid.high.empty()) {
      values.push_back({{"low", std::min(x, grid.high[i])}, {"high", std::max(x, grid.high[i])}});
    } else if (x == std::trunc(x) && x >= 1 && x <= static_cast<double>(ticks.size())) {
      values.push_back({{"value", ticks.at(static_cast<std::size_t>(x) - 1)}});
    } else {
      values.push_back({{"value", x}});
    }
  }
  return values;
}

/// A heatmap as one row for each cell.
Json heatmap_data(const Json& trace, const Json& panel, const std::string& label) {
  const std::vector<double> x = numbers(trace.at("x"));
  const std::vector<double> y = numbers(trace.at("y"));
  Json columns = Json::array();
  Json rows = Json::array();
  Json values = Json::array();
  for (std::size_t j = 0; j + 1 < y.size(); ++j) {
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      columns.push_back({{"low", x[i]}, {"high", x[i + 1]}});
      rows.push_back({{"low", y[j]}, {"high", y[j + 1]}});
      const Json& z = trace.at("z").at(j).at(i);
      values.push_back({{"value", z.is_number() ? z : Json(kNothing)}});
    }
  }
  const Json header = {{"name", label.empty() ? "density" : label}};
  return {{"independent_variables",
           {{{"header", header_of(panel.at("x"))}, {"values", columns}},
            {{"header", header_of(panel.at("y"))}, {"values", rows}}}},
          {"dependent_variables",
           {{{"header", header},
             {"qualifiers", {{{"name", "SERIES"}, {"value", trace.value("name", "")}}}},
             {"values", values}}}}};
}

/// "excess", "excess (2)": names are unique and short.
std::string table_name(const std::string& id, std::size_t number) {
  constexpr std::size_t kLongest = 56;
  return id.substr(0, kLongest) + (number == 1 ? "" : fmt::format(" ({})", number));
}

/// The text of a figure, and of one of its panels.
std::string words_of(const Json& figure, const Json& panel, bool is_below) {
  const std::string title = panel.value("title", "");
  return fmt::format("{}{}{}. {}", figure.value("title", ""), title.empty() ? "" : ": " + title,
                     is_below ? " (lower panel)" : "", figure.value("caption", ""));
}

void add_panel(const Json& figure, const Json& panel, std::vector<DataTable>& tables) {
  const std::string id = figure.at("id").get<std::string>();
  const std::string colours = figure.value("colors", Json::object()).value("label", "");
  const auto add = [&](const Json& traces, const Json& y_axis, bool is_below) {
    std::vector<Grid> grids;
    for (const Json& trace : traces) {
      if (trace.value("kind", "") == "heatmap" && !trace.contains("x_choices")) {
        tables.push_back({table_name(id, tables.size() + 1), words_of(figure, panel, is_below),
                          heatmap_data(trace, panel, colours)});
      } else {
        add_trace(trace, y_axis, grids);
      }
    }
    const Json& x_axis = panel.at("x");
    for (const Grid& grid : grids) {
      tables.push_back(
          {table_name(id, tables.size() + 1),
           words_of(figure, panel, is_below),
           {{"independent_variables", {{{"header", header_of(x_axis)}, {"values", x_values(grid, x_axis)}}}},
            {"dependent_variables", grid.columns}}});
    }
  };
  add(panel.at("traces"), panel.at("y"), false);
  if (panel.contains("below") && panel.at("below").is_object()) {
    add(panel.at("below").at("traces"), panel.at("below").at("y"), true);
  }
}

}  // namespace

std::vector<DataTable> tables_of_figure(const Json& figure) {
  std::vector<DataTable> tables;
  for (const Json& panel : figure.at("panels")) {
    add_panel(figure, panel, tables);
  }
  return tables;
}

}  // namespace eddy::exchange
