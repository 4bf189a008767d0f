#include <eddy/report/argos_figure.hpp>
#include <eddy/report/number_format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace eddy::report {
namespace {

/// The line and its statistical band.
std::array<Trace, 2> value_traces(const search::Argos& argos) {
  Trace band{.kind = TraceKind::kBand, .name = "statistical error", .role = "data_band"};
  Trace line{.kind = TraceKind::kLine, .name = "this score", .role = "data"};
  for (const search::ArgosPoint& point : argos.curve) {
    band.x.push_back(point.efficiency);
    band.low.push_back(point.value - point.error);
    band.high.push_back(point.value + point.error);
    line.x.push_back(point.efficiency);
    line.y.push_back(point.value);
    line.counts.push_back(point.passing * static_cast<double>(argos.n_data));
  }
  return {band, line};
}

Trace level(double value, const char* name, const char* style) {
  return {.kind = TraceKind::kHorizontalLine, .name = name, .role = "reference", .style = style, .y = {value}};
}

Panel argos_panel(const search::Argos& argos) {
  Panel panel{.id = "argos", .title = "", .x = {"template efficiency ε", "", Scale::kLog}, .y = {"ARGOS", ""}};
  panel.x.range = {argos.curve.back().efficiency / 1.2, 1.0};
  for (Trace& trace : value_traces(argos)) {
    panel.traces.push_back(std::move(trace));
  }
  panel.traces.push_back(level(argos.chance_median, "largest value by chance: median", "dash"));
  panel.traces.push_back(level(argos.chance_95, "largest value by chance: 95 %", "dot"));
  panel.traces.push_back({.kind = TraceKind::kPoints,
                          .name = fmt::format("largest value, at ε = {:.2g}", argos.best.efficiency),
                          .role = "signal",
                          .x = {argos.best.efficiency},
                          .y = {argos.best.value},
                          .low = {argos.best.value - argos.best.error},
                          .high = {argos.best.value + argos.best.error},
                          .counts = {argos.best.passing * static_cast<double>(argos.n_data)}});
  return panel;
}

}  // namespace

std::optional<Figure> argos_figure(const search::Finding& output) {
  if (!output.argos || output.argos->curve.empty()) {
    return std::nullopt;
  }
  const search::Argos& argos = *output.argos;
  Figure figure{
      .id = "argos",
      .section = "Choosing without labels",
      .title = "How good is the score, without labels?",
      .caption = fmt::format(
          "What a cut keeps of the data in the signal region, against what it keeps of background that the classifiers "
          "never saw ({}; {} events): ε_data / √ε − √ε. Where this is what the background really is, ARGOS "
          "(2511.14832) is the "
          "significance improvement ε_S / √ε times the fraction of signal. It orders scores of the same data, and is "
          "no "
          "evidence: what the template gets wrong enters as signal would. Broken lines: the largest value among these "
          "cuts if data and template were alike, its median (dashes) and 95 % (dots). The curve ends where 25 template "
          "events pass.",
          argos.reference, format_count(std::round(argos.n_template)))};
  figure.panels = {argos_panel(argos)};
  return figure;
}

}  // namespace eddy::report
