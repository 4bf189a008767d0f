#include <eddy/base/json.hpp>
#include <eddy/report/study_table.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace eddy::report {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

/// The columns of one metric, in the order in which the points bring them.
void add_columns(const std::string& metric, std::size_t m, const std::vector<StudyPoint>& points,
                 std::vector<StudyColumn>& columns) {
  const std::size_t first = columns.size();
  for (const StudyPoint& point : points) {
    if (point.numbers.empty()) {
      continue;
    }
    for (const MetricValue& number : point.numbers[m]) {
      const auto of_metric = columns.begin() + static_cast<std::ptrdiff_t>(first);
      if (std::find_if(of_metric, columns.end(), [&](const auto& c) { return c.path == number.path; }) ==
          columns.end()) {
        columns.push_back({metric, number.path, number.element, number.kind, number.place});
      }
    }
  }
}

std::vector<double> row_of(const StudyPoint& point, const std::vector<StudyColumn>& columns) {
  std::vector<double> row(columns.size(), kNoNumber);
  for (const std::vector<MetricValue>& of_metric : point.numbers) {
    for (const MetricValue& number : of_metric) {
      for (std::size_t c = 0; c < columns.size(); ++c) {
        row[c] = columns[c].path == number.path ? number.value : row[c];
      }
    }
  }
  return row;
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char letter : text) {
    quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return quoted + "\"";
}

std::string csv_number(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

bool is_numeric(const StudyAxis& axis) {
  return std::ranges::all_of(axis.values, [](const Json& value) { return value.is_number(); });
}

template <class T>
std::vector<T> values_of_points(const StudyTable& table, std::size_t a) {
  std::vector<T> values;
  std::ranges::transform(table.points, std::back_inserter(values),
                         [&](const StudyPoint& point) { return table.axes[a].values[point.place[a]].get<T>(); });
  return values;
}

events::Column axis_column(const StudyTable& table, std::size_t a) {
  const StudyAxis& axis = table.axes[a];
  const bool numeric = is_numeric(axis);
  const bool whole = std::ranges::all_of(axis.values, [](const Json& value) { return value.is_number_integer(); });
  events::Column column{.name = axis.key, .unit = {}, .values = {}};
  if (numeric && !whole) {
    column.values = values_of_points<double>(table, a);
  } else if (numeric) {
    column.values = values_of_points<std::int64_t>(table, a);  // seeds may be large
  } else {
    std::vector<float> places;
    std::ranges::transform(table.points, std::back_inserter(places),
                           [&](const StudyPoint& point) { return static_cast<float>(point.place[a]); });
    column.values = std::move(places);
  }
  for (std::size_t i = 0; !numeric && i < axis.values.size(); ++i) {
    column.unit += fmt::format("{}{} = {}", i == 0 ? "" : ", ", i, value_text(axis.values[i]));
  }
  return column;
}

/// HDF5 takes '/' for a group.
std::string dataset_name(std::string name) {
  std::ranges::replace(name, '/', '_');
  return name;
}

}  // namespace

StudyTable make_study_table(const std::string& name, const std::vector<StudyAxis>& axes,
                            const std::vector<std::string>& metrics, std::vector<StudyPoint> points) {
  StudyTable table{.name = name, .axes = axes, .columns = {}, .points = std::move(points), .values = {}};
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    add_columns(metrics[m], m, table.points, table.columns);
  }
  for (const StudyPoint& point : table.points) {
    table.values.push_back(row_of(point, table.columns));
  }
  return table;
}

std::string value_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string study_csv(const StudyTable& table) {
  std::vector<std::string> head = {"point"};
  for (const StudyAxis& axis : table.axes) {
    head.push_back(csv_text(axis.key));
  }
  head.emplace_back("status");
  for (const StudyColumn& column : table.columns) {
    head.push_back(csv_text(column.path));
  }
  head.emplace_back("error");
  std::string text = fmt::format("{}\n", fmt::join(head, ","));
  for (std::size_t p = 0; p < table.points.size(); ++p) {
    const StudyPoint& point = table.points[p];
    std::vector<std::string> cells = {fmt::format("{}", p + 1)};
    for (std::size_t a = 0; a < table.axes.size(); ++a) {
      cells.push_back(csv_text(value_text(table.axes[a].values[point.place[a]])));
    }
    cells.emplace_back(point.error.empty() ? "finished" : "failed");
    std::ranges::transform(table.values[p], std::back_inserter(cells), csv_number);
    cells.push_back(csv_text(point.error));
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

events::Events study_columns(const StudyTable& table) {
  events::Events columns;
  for (std::size_t a = 0; a < table.axes.size(); ++a) {
    columns.add(axis_column(table, a));
  }
  std::vector<float> failed;
  std::ranges::transform(table.points, std::back_inserter(failed),
                         [](const StudyPoint& point) { return point.error.empty() ? 0.0F : 1.0F; });
  columns.add({"failed", "", std::move(failed)});
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const std::string name = dataset_name(table.columns[c].path);
    if (columns.has(name)) {  // two metrics may lead to the same number
      continue;
    }
    std::vector<float> values;
    std::ranges::transform(table.values, std::back_inserter(values),
                           [&](const std::vector<double>& row) { return static_cast<float>(row[c]); });
    columns.add({name, "", std::move(values)});
  }
  return columns;
}

}  // namespace eddy::report
