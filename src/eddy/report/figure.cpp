#include <eddy/base/json.hpp>
#include <eddy/report/figure.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <string_view>

#include <utility>

namespace eddy::report {
namespace {

std::string_view kind_name(TraceKind kind) {
  constexpr std::array<std::string_view, 8> kNames = {"step",          "points",          "line", "band", "heatmap",
                                                      "vertical_line", "horizontal_line", "note"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view scale_name(Scale scale) { return scale == Scale::kLog ? "log" : "linear"; }

Json to_json(const Axis& axis) {
  Json json = {{"label", axis.label}, {"unit", axis.unit}, {"scale", scale_name(axis.scale)}};
  if (axis.range) {
    json["range"] = {rounded((*axis.range)[0]), rounded((*axis.range)[1])};
  }
  if (!axis.ticks.empty()) {
    json["ticks"] = axis.ticks;
  }
  return json;
}

void add_text(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) {
    json[key] = value;
  }
}

void add_values(Json& json, const char* key, const std::vector<double>& values) {
  if (!values.empty()) {
    json[key] = rounded(values);
  }
}

Json rows_of(const std::vector<double>& values, std::size_t n_columns) {
  Json rows = Json::array();
  for (std::size_t begin = 0; begin < values.size(); begin += n_columns) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
    rows.push_back(rounded(std::vector<double>(first, first + static_cast<std::ptrdiff_t>(n_columns))));
  }
  return rows;
}

Json to_json(const Trace& trace) {
  Json json = {{"kind", kind_name(trace.kind)}, {"name", trace.name}, {"role", trace.role}};
  add_text(json, "legend", trace.legend);
  add_text(json, "style", trace.style);
  add_text(json, "text", trace.text);
  add_text(json, "frame", trace.frame);
  add_text(json, "anchor", trace.anchor);
  add_values(json, "x", trace.x);
  add_values(json, "y", trace.y);
  add_values(json, "low", trace.low);
  add_values(json, "high", trace.high);
  for (const auto& x : trace.x_choices) {
    json["x_choices"].push_back(rounded(x));
  }
  if (trace.kind == TraceKind::kHeatmap) {
    json["z"] = rows_of(trace.z, trace.x.size() - 1);
  }
  add_values(json, "counts", trace.counts);
  return json;
}

Json to_json(const std::vector<Trace>& traces) {
  Json json = Json::array();
  for (const Trace& trace : traces) {
    json.push_back(to_json(trace));
  }
  return json;
}

Json to_json(const Panel& panel) {
  Json json = {{"id", panel.id},
               {"title", panel.title},
               {"row", panel.row},
               {"column", panel.column},
               {"x", to_json(panel.x)},
               {"y", to_json(panel.y)},
               {"traces", to_json(panel.traces)}};
  for (const XChoice& choice : panel.x_choices) {
    json["x_choices"].push_back({{"name", choice.name}, {"axis", to_json(choice.axis)}});
  }
  if (panel.below) {
    json["below"] = {{"y", to_json(panel.below->y)}, {"traces", to_json(panel.below->traces)}};
  }
  return json;
}

Json to_json(const ColorScale& colors) {
  return {{"label", colors.label},
          {"kind", colors.kind},
          {"scale", scale_name(colors.scale)},
          {"range", {rounded(colors.range[0]), rounded(colors.range[1])}}};
}

}  // namespace

void place_in_two_columns(Figure& figure) {
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    figure.panels[i].row = i / 2;
    figure.panels[i].column = i % 2;
  }
}

Json rounded(double value) {
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
  if (!std::isfinite(value)) {
    return nullptr;
  }
  const bool is_whole = value == std::trunc(value);
  const double shown = is_whole ? value : std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
  if (shown == std::trunc(shown) && std::abs(shown) < kExactIntegers) {
    return static_cast<std::int64_t>(shown);
  }
  return shown;
}

Json rounded(const std::vector<double>& values) {
  Json json = Json::array();
  for (const double value : values) {
    json.push_back(rounded(value));
  }
  return json;
}

Json to_json(const Figure& figure) {
  Json json = {{"id", figure.id},
               {"section", figure.section},
               {"title", figure.title},
               {"caption", figure.caption},
               {"panels", Json::array()}};
  for (const Panel& panel : figure.panels) {
    json["panels"].push_back(to_json(panel));
  }
  if (figure.colors) {
    json["colors"] = to_json(*figure.colors);
  }
  return json;
}

Json figures_document(const std::vector<std::optional<Figure>>& figures) {
  Json list = Json::array();
  for (const std::optional<Figure>& figure : figures) {
    if (figure) {
      list.push_back(to_json(*figure));
    }
  }
  return {{"format", "eddy-figures-1"}, {"figures", std::move(list)}};
}

}  // namespace eddy::report
