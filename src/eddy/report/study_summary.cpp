#include <eddy/base/json.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/study_ranking.hpp>
#include <eddy/report/study_summary.hpp>
#include <eddy/search/retrainings.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace eddy::report {
namespace {

constexpr const char* kFormat = "eddy-study-1";

const char* role_name(AxisRole role) {
  switch (role) {
    case AxisRole::kX:
      return "x";
    case AxisRole::kCurve:
      return "curve";
    case AxisRole::kRepeat:
      break;
  }
  return "repeat";
}

const char* element_kind_name(ElementKind kind) {
  switch (kind) {
    case ElementKind::kName:
      return "name";
    case ElementKind::kEfficiency:
      return "efficiency";
    case ElementKind::kNone:
      break;
  }
  return "none";
}

/// Where a point stands on the axes of one role.
std::vector<std::size_t> place_on(const StudyTable& table, const StudyPoint& point, AxisRole role) {
  std::vector<std::size_t> place;
  for (std::size_t a = 0; a < table.axes.size(); ++a) {
    if (table.axes[a].role == role) {
      place.push_back(point.place[a]);
    }
  }
  return place;
}

/// Rows of the table: by group, then by x.
using Rows = std::map<std::vector<std::size_t>, std::map<std::size_t, std::vector<std::size_t>>>;

Rows rows_by_group(const StudyTable& table) {
  Rows rows;
  for (std::size_t p = 0; p < table.points.size(); ++p) {
    const std::vector<std::size_t> x = place_on(table, table.points[p], AxisRole::kX);
    rows[place_on(table, table.points[p], AxisRole::kCurve)][x.empty() ? 0 : x.front()].push_back(p);
  }
  return rows;
}

StudyBand study_band(const StudyTable& table, std::size_t column, std::size_t x, const std::vector<std::size_t>& rows) {
  StudyBand band{.x = x};
  std::set<std::string> results;
  std::vector<std::vector<double>> values;
  for (const std::size_t row : rows) {
    const StudyPoint& point = table.points[row];
    const double value = table.values[row][column];
    if (!point.error.empty()) {
      ++band.n_failed;
    } else if (!results.insert(point.result_sha256).second) {
      ++band.n_repeated;
    } else if (!std::isfinite(value)) {
      ++band.n_missing;
    } else {
      values.push_back({value});
    }
  }
  band.n = values.size();
  const auto bands = search::median_bands({0}, values);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  band.median = bands.empty() ? kNone : bands.front().median;
  band.low = bands.empty() ? kNone : bands.front().low;
  band.high = bands.empty() ? kNone : bands.front().high;
  return band;
}

/// Whether some result of these rows has the path at all, be it null.
bool has_path(const StudyTable& table, std::size_t column,
              const std::map<std::size_t, std::vector<std::size_t>>& by_x) {
  for (const auto& [x, rows] : by_x) {
    for (const std::size_t row : rows) {
      for (const auto& numbers : table.points[row].numbers) {
        if (std::ranges::count(numbers, table.columns[column].path, &MetricValue::path) > 0) {
          return true;
        }
      }
    }
  }
  return false;
}

Json axes_part(const StudyTable& table) {
  Json axes = Json::array();
  for (const StudyAxis& axis : table.axes) {
    axes.push_back({{"key", axis.key}, {"label", axis.label}, {"role", role_name(axis.role)}, {"values", axis.values}});
  }
  return axes;
}

Json columns_part(const StudyTable& table) {
  Json columns = Json::array();
  for (const StudyColumn& column : table.columns) {
    columns.push_back({{"path", column.path},
                       {"metric", column.metric},
                       {"element", column.element},
                       {"element_kind", element_kind_name(column.kind)},
                       {"place", column.place}});
  }
  return columns;
}

Json values_of(const StudyTable& table, const StudyPoint& point) {
  Json values = Json::array();
  for (std::size_t a = 0; a < table.axes.size(); ++a) {
    values.push_back(table.axes[a].values[point.place[a]]);
  }
  return values;
}

Json points_part(const StudyTable& table) {
  Json points = Json::array();
  for (std::size_t p = 0; p < table.points.size(); ++p) {
    Json numbers = Json::array();
    for (const double value : table.values[p]) {
      numbers.push_back(number_or_null(value));
    }
    const std::string& error = table.points[p].error;
    points.push_back({{"axes", values_of(table, table.points[p])},
                      {"error", error.empty() ? Json(nullptr) : Json(error)},
                      {"numbers", std::move(numbers)}});
  }
  return points;
}

const StudyAxis* x_axis(const StudyTable& table) {
  const auto found = std::ranges::find(table.axes, AxisRole::kX, &StudyAxis::role);
  return found == table.axes.end() ? nullptr : &*found;
}

Json band_json(const StudyBand& band, const StudyAxis* x) {
  return {{"x", x == nullptr ? Json(nullptr) : x->values[band.x]},
          {"n", band.n},
          {"n_repeated", band.n_repeated},
          {"n_missing", band.n_missing},
          {"n_failed", band.n_failed},
          {"median", number_or_null(band.median)},
          {"low", number_or_null(band.low)},
          {"high", number_or_null(band.high)}};
}

Json curve_json(const StudyTable& table, const StudyCurve& curve) {
  Json group = Json::array();
  std::size_t g = 0;
  for (const StudyAxis& axis : table.axes) {
    if (axis.role == AxisRole::kCurve) {
      group.push_back({{"key", axis.key}, {"label", axis.label}, {"value", axis.values[curve.group[g++]]}});
    }
  }
  Json points = Json::array();
  for (const StudyBand& band : curve.points) {
    points.push_back(band_json(band, x_axis(table)));
  }
  return {{"column", curve.column}, {"group", std::move(group)}, {"points", std::move(points)}};
}

}  // namespace

std::vector<StudyCurve> study_curves(const StudyTable& table) {
  std::vector<StudyCurve> curves;
  const Rows groups = rows_by_group(table);
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    for (const auto& [group, by_x] : groups) {
      if (!has_path(table, column, by_x)) {
        continue;
      }
      StudyCurve curve{.group = group, .column = column};
      for (const auto& [x, rows] : by_x) {
        curve.points.push_back(study_band(table, column, x, rows));
      }
      curves.push_back(std::move(curve));
    }
  }
  return curves;
}

Json study_document(const StudyTable& table) {
  Json curves = Json::array();
  for (const StudyCurve& curve : study_curves(table)) {
    curves.push_back(curve_json(table, curve));
  }
  Json document = {
      {"format", kFormat},
      {"eddy", EDDY_VERSION},
      {"name", table.name},
      {"axes", axes_part(table)},
      {"columns", columns_part(table)},
      {"points", points_part(table)},
      {"n_failed", std::ranges::count_if(table.points, [](const auto& point) { return !point.error.empty(); })},
      {"curves", std::move(curves)}};
  document["ranking"] = study_ranking(document);
  return document;
}

}  // namespace eddy::report
