#include <eddy/base/json.hpp>
#include <eddy/report/study_reader.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace eddy::report {
namespace {

/// Benchmarks that are there once belong to no group.
void mark_shared(const Json& study, std::vector<Json>& curves) {
  for (Json& curve : curves) {
    const Json& column = column_of(study, curve);
    const auto same = [&](const Json& other) { return column_of(study, other).at("element") == column.at("element"); };
    curve["shared"] =
        column.at("element_kind") == "name" && column.at("place") != 0 && std::ranges::count_if(curves, same) == 1;
  }
}

}  // namespace

Json x_axis_of(const Json& study) {
  for (const Json& axis : study.at("axes")) {
    if (axis.at("role") == "x") {
      return axis;
    }
  }
  return nullptr;
}

const Json& column_of(const Json& study, const Json& curve) {
  return study.at("columns").at(curve.at("column").get<std::size_t>());
}

bool has_several_groups(const Json& study) {
  const Json& curves = study.at("curves");
  return std::ranges::any_of(curves,
                             [&](const Json& curve) { return curve.at("group") != curves.front().at("group"); });
}

std::vector<std::string> metrics_of(const Json& study) {
  std::vector<std::string> metrics;
  for (const Json& column : study.at("columns")) {
    const std::string metric = column.at("metric");
    if (std::ranges::find(metrics, metric) == metrics.end()) {
      metrics.push_back(metric);
    }
  }
  return metrics;
}

std::vector<std::vector<Json>> curves_by_panel(const Json& study, const std::string& metric) {
  std::vector<std::pair<std::string, std::vector<Json>>> panels;
  std::set<std::pair<std::string, std::string>> benchmarks;
  for (const Json& curve : study.at("curves")) {
    const Json& column = column_of(study, curve);
    if (column.at("metric") != metric) {
      continue;
    }
    const bool is_named = column.at("element_kind") == "name";
    const bool is_benchmark = is_named && column.at("place") != 0;
    if (is_benchmark && !benchmarks.emplace(column.at("element"), curve.at("points").dump()).second) {
      continue;
    }
    const std::string key = is_named ? "" : column.at("path").get<std::string>();
    auto panel = std::ranges::find(panels, key, [](const auto& p) { return p.first; });
    if (panel == panels.end()) {
      panel = panels.insert(panels.end(), {key, {}});
    }
    panel->second.push_back(curve);
  }
  for (auto& [key, of_panel] : panels) {
    mark_shared(study, of_panel);
  }
  std::vector<std::vector<Json>> curves;
  std::ranges::transform(panels, std::back_inserter(curves), [](auto& panel) { return std::move(panel.second); });
  return curves;
}

}  // namespace eddy::report
