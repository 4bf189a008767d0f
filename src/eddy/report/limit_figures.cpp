#include <eddy/report/limit.hpp>
#include <eddy/report/number_format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace eddy::report {
namespace {

constexpr const char* kSection = "Limit";

std::string cut_name(double efficiency) {
  return std::isnan(efficiency) ? std::string("all categories")
         : efficiency < 1       ? "efficiency " + format_percent(efficiency)
                                : std::string("no cut");
}

std::string cut_id(double efficiency) {
  return std::isnan(efficiency) ? std::string("all") : fmt::format("{}", efficiency);
}

/// Strengths as the reader counts them: events, or a cross-section.
double shown(const search::LimitResult& result, double strength) { return strength * result.cross_section.value_or(1); }

Axis strength_axis(const search::LimitResult& result, const std::string& label) {
  return result.cross_section ? Axis{label + " cross-section", result.cross_section_unit}
                              : Axis{label + " signal events in the signal region", ""};
}

std::vector<double> strengths_drawn(const stats::EfficiencyCurve& curve) {
  constexpr int kSteps = 8;
  std::vector<double> strengths;
  for (std::size_t i = 0; i + 1 < curve.knots().size(); ++i) {
    for (int step = 0; step < kSteps; ++step) {
      strengths.push_back(
          std::lerp(curve.knots()[i].strength, curve.knots()[i + 1].strength, static_cast<double>(step) / kSteps));
    }
  }
  strengths.push_back(curve.reach());
  return strengths;
}

/// The searches themselves, each a point.
template <class Quantity>
Trace search_points(const search::LimitResult& result, std::size_t cut, const Quantity& quantity) {
  Trace points{.kind = TraceKind::kPoints, .name = "single searches", .role = "data", .style = "open"};
  for (const search::Injection& injection : result.injections) {
    if (cut < injection.cuts.size()) {
      points.x.push_back(shown(result, injection.strength));
      points.y.push_back(quantity(injection, injection.cuts[cut]));
    }
  }
  return points;
}

void add_curve(const search::LimitResult& result, const stats::EfficiencyCurve& curve, Panel& panel) {
  Trace band{.kind = TraceKind::kBand, .name = "one search", .role = "method_band"};
  Trace line{.kind = TraceKind::kLine, .name = "mean", .role = "method"};
  for (const double strength : strengths_drawn(curve)) {
    const double passing = curve.passing(strength);
    const double spread = curve.spread(strength);
    band.x.push_back(shown(result, strength));
    band.low.push_back(std::max(0.0, passing - spread));
    band.high.push_back(passing + spread);
    line.x.push_back(shown(result, strength));
    line.y.push_back(passing);
  }
  panel.traces.push_back(std::move(band));
  panel.traces.push_back(std::move(line));
}

void add_vertical(const search::LimitResult& result, const std::optional<double>& strength, const std::string& name,
                  const std::string& role, const std::string& style, Panel& panel) {
  if (strength) {
    panel.traces.push_back({.kind = TraceKind::kVerticalLine,
                            .name = name,
                            .role = role,
                            .style = style,
                            .x = {shown(result, *strength)},
                            .text = name});
  }
}

Panel passing_panel(const search::LimitResult& result, std::size_t c) {
  const search::CutLimit& cut = result.cuts[c];
  Panel panel{.id = "passing-" + cut_id(cut.efficiency),
              .title = cut_name(cut.efficiency),
              .x = strength_axis(result, "injected"),
              .y = {"signal events that pass", ""}};
  add_curve(result, stats::EfficiencyCurve(cut.knots), panel);
  panel.traces.push_back(search_points(result, c, [](const auto& injection, const search::InjectedCut& at) {
    return injection.strength * at.efficiency;
  }));
  if (cut.signal) {
    panel.traces.push_back({.kind = TraceKind::kHorizontalLine,
                            .name = "excluded by the counts",
                            .role = "signal",
                            .y = {cut.signal->upper_limit},
                            .text = "excluded by the counts"});
  }
  add_vertical(result, cut.observed, "95 % limit", "signal", "dash", panel);
  add_vertical(result, cut.expected[2], "", "expectation", "dash", panel);  // texts of both would meet
  const double most = stats::EfficiencyCurve(cut.knots).passing(cut.knots.back().strength);
  const double excluded = cut.signal ? cut.signal->upper_limit : 0;
  panel.y.range = {-0.05 * std::max(most, excluded), 1.2 * std::max(most, excluded)};
  return panel;
}

/// Cuts whose efficiency was measured at two strengths at least.
bool has_curve(const search::CutLimit& cut) { return cut.knots.size() > 1 && cut.knots.front().strength == 0; }

Figure passing_figure(const search::LimitResult& result) {
  Figure figure{
      .id = "limit-passing",
      .section = kSection,
      .title = "How much of the signal passes, and what the counts exclude",
      .caption = fmt::format(
          "Strength times efficiency, in searches of events that hold as much signal ({} at "
          "each strength, other signal events and other seeds; into {}). {} {} times at each. The efficiency is that "
          "of "
          "signal events that are kept aside. Band: one search. Horizontal: the 95 % upper limit on the events that "
          "pass, from "
          "the search itself; where the curve reaches it is the limit (dashed), a little later because the spread of "
          "the efficiency is charged. Blue: the median expected limit.",
          result.n_repetitions, result.base, result.anew, result.n_repetitions)};
  for (std::size_t c = 0; c < result.cuts.size(); ++c) {
    if (has_curve(result.cuts[c])) {
      figure.panels.push_back(passing_panel(result, c));
    }
  }
  place_in_two_columns(figure);
  return figure;
}

Figure efficiency_figure(const search::LimitResult& result) {
  Figure figure{.id = "limit-efficiency",
                .section = kSection,
                .title = "Efficiency of the signal against its strength",
                .caption =
                    "Fraction of the signal in the signal region that passes: classifiers find more of "
                    "a signal the more of it they learn from. Error bars: one search. Without signal at the "
                    "left end."};
  Panel panel{.id = "efficiency", .x = strength_axis(result, "injected"), .y = {"efficiency of the signal", ""}};
  for (std::size_t c = 0; c < result.cuts.size(); ++c) {
    if (!has_curve(result.cuts[c])) {
      continue;
    }
    const std::string role = fmt::format("series_{}", c % 8 + 1);
    Trace points{.kind = TraceKind::kPoints, .name = cut_name(result.cuts[c].efficiency), .role = role};
    for (const stats::EfficiencyKnot& knot : result.cuts[c].knots) {
      points.x.push_back(shown(result, knot.strength));
      points.y.push_back(knot.efficiency);
      points.low.push_back(std::max(0.0, knot.efficiency - knot.spread));
      points.high.push_back(std::min(1.0, knot.efficiency + knot.spread));
    }
    Trace line{.kind = TraceKind::kLine, .name = points.name, .role = role, .x = points.x, .y = points.y};
    panel.traces.push_back(std::move(line));
    panel.traces.push_back(std::move(points));
  }
  if (!panel.traces.empty()) {
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

/// A box from `low` to `high` at place `at` of an axis of cuts.
Trace box(double at, double low, double high, const std::string& name, const std::string& role) {
  constexpr double kHalfWidth = 0.3;
  return {.kind = TraceKind::kBand,
          .name = name,
          .role = role,
          .x = {at - kHalfWidth, at + kHalfWidth},
          .low = {low},
          .high = {high}};
}

void add_cut(const search::LimitResult& result, const search::CutLimit& cut, double at, Panel& panel) {
  const auto box_of = [&](std::size_t low, std::size_t high, const char* name, const char* role) {
    if (cut.expected[low] && cut.expected[high]) {
      panel.traces.push_back(
          box(at, shown(result, *cut.expected[low]), shown(result, *cut.expected[high]), name, role));
    }
  };
  box_of(0, 4, "expected, 95 %", "signal_region_band");
  box_of(1, 3, "expected, 68 %", "benchmark_1_band");
  const auto mark = [&](const std::optional<double>& limit, Trace trace) {
    if (limit) {
      trace.x = {at};
      trace.y = {shown(result, *limit)};
      panel.traces.push_back(std::move(trace));
    }
  };
  Trace point{.kind = TraceKind::kPoints};
  point.name = "expected, median";
  point.role = "expectation";
  mark(cut.expected[2], point);
  point.name = "median of null experiments";
  point.role = "method";
  point.style = "open";
  mark(cut.expected_of_nulls[2], point);
  point.name = "observed";
  point.role = "data";
  point.style = "";
  mark(cut.observed, point);
}

Figure limits_figure(const search::LimitResult& result) {
  Figure figure{.id = "limits",
                .section = kSection,
                .title = "95 % upper limits of all cuts",
                .caption =
                    "Expected without signal (from what the fit of each cut expects) and observed. The cut that "
                    "is quoted is the one with the smallest median expected limit, whatever was observed."};
  Panel panel{.id = "limits", .x = {"cut", ""}, .y = strength_axis(result, "excluded")};
  for (const search::CutLimit& cut : result.cuts) {
    panel.x.ticks.push_back(cut_name(cut.efficiency));
    add_cut(result, cut, static_cast<double>(panel.x.ticks.size()), panel);
  }
  panel.x.range = {0.5, static_cast<double>(panel.x.ticks.size()) + 0.5};
  if (!panel.traces.empty()) {
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

Panel linearity_panel(const search::LimitResult& result, std::size_t c) {
  const search::CutLimit& cut = result.cuts[c];
  Panel panel{.id = "linearity-" + cut_id(cut.efficiency),
              .title = cut_name(cut.efficiency),
              .x = {"injected events that pass", ""},
              .y = {"fitted signal events", ""}};
  Trace points{.kind = TraceKind::kPoints, .name = "single searches", .role = "data"};
  for (const search::Injection& injection : result.injections) {
    if (c < injection.cuts.size() && injection.cuts[c].signal) {
      const stats::PassingSignal& signal = *injection.cuts[c].signal;
      points.x.push_back(injection.cuts[c].passed);
      points.y.push_back(signal.fitted);
      points.low.push_back(signal.fitted - signal.error);
      points.high.push_back(signal.fitted + signal.error);
    }
  }
  if (points.x.empty()) {
    return panel;
  }
  const double last = std::ranges::max(points.x);
  const double offset = cut.response.offset;
  panel.traces.push_back({.kind = TraceKind::kLine,
                          .name = "all of it, on top of what there is",
                          .role = "reference",
                          .style = "dash",
                          .x = {0, last},
                          .y = {offset, offset + last}});
  if (cut.response.is_measured) {
    panel.traces.push_back({.kind = TraceKind::kLine,
                            .name = "straight line through all",
                            .role = "method",
                            .x = {0, last},
                            .y = {offset, offset + cut.response.slope * last}});
  }
  panel.traces.push_back(std::move(points));
  return panel;
}

Figure linearity_figure(const search::LimitResult& result) {
  Figure figure{.id = "limit-linearity",
                .section = kSection,
                .title = "Does the fit find what was injected?",
                .caption =
                    "Fitted signal against the injected events of the signal region that pass, by what has "
                    "not learned from them. Limits are corrected by the slope of the line; the "
                    "searches share their background events, so that they scatter less than their errors."};
  for (std::size_t c = 0; c < result.cuts.size(); ++c) {
    Panel panel = linearity_panel(result, c);
    if (!panel.traces.empty()) {
      figure.panels.push_back(std::move(panel));
    }
  }
  place_in_two_columns(figure);
  return figure;
}

/// One nuisance more along x.
void add_nuisance(const std::string& name, double y, double low, double high, Panel& panel, Trace& points) {
  panel.x.ticks.push_back(name);
  points.x.push_back(static_cast<double>(panel.x.ticks.size()));
  points.y.push_back(y);
  points.low.push_back(low);
  points.high.push_back(high);
}

/// `points` before a band from `low` to `high` across the panel.
void add_before_band(Trace points, const std::string& band, double low, double high, Panel& panel) {
  const double end = static_cast<double>(panel.x.ticks.size()) + 0.5;
  panel.x.range = {0.5, end};
  panel.traces.push_back({.kind = TraceKind::kBand,
                          .name = band,
                          .role = "signal_region_band",
                          .x = {0.5, end},
                          .low = {low},
                          .high = {high}});
  panel.traces.push_back(std::move(points));
}

/// The fitted signal with each nuisance at either end of its interval.
Panel impact_panel(const search::CutLimit& cut) {
  Panel panel{.id = "impacts", .x = {"nuisance", ""}, .y = {"fitted signal events that pass", ""}};
  Trace points{.kind = TraceKind::kPoints, .name = "nuisance at either end", .role = "method"};
  const double fitted = cut.signal->fitted;
  for (const stats::Impact& impact : cut.impacts) {
    const auto or_none = [](double shift) { return std::isfinite(shift) ? shift : 0; };
    const auto [low, high] = std::minmax({or_none(impact.low), or_none(impact.high), 0.0});
    add_nuisance(impact.nuisance, fitted, fitted + low, fitted + high, panel, points);
  }
  add_before_band(std::move(points), "fitted, with its error", fitted - cut.signal->error, fitted + cut.signal->error,
                  panel);
  return panel;
}

/// Pulls of the nuisances that something else than the data constrains; without traces where there are none.
Panel nuisance_pull_panel(const search::CutLimit& cut) {
  Panel panel{.id = "pulls", .x = {"nuisance", ""}, .y = {"pull", ""}};
  Trace points{.kind = TraceKind::kPoints, .name = "best fit", .role = "data"};
  for (const stats::Impact& impact : cut.impacts) {
    if (std::isfinite(impact.pull)) {
      add_nuisance(impact.nuisance, impact.pull, impact.pull - impact.pull_error, impact.pull + impact.pull_error,
                   panel, points);
    }
  }
  if (!points.x.empty()) {
    add_before_band(std::move(points), "before the fit", -1, 1, panel);
  }
  return panel;
}

Figure impact_figure(const search::LimitResult& result) {
  Figure figure{.id = "limit-impacts",
                .section = kSection,
                .title = "What moves the fitted signal",
                .caption =
                    "Of the cut that is quoted: the fitted signal with each nuisance at an end of its 68 % interval "
                    "and all others fitted again (background shape: what its parameters add to the error, in "
                    "quadrature), beside the error of the fit; and how far the fit pulls what something else than the "
                    "data constrains."};
  const search::CutLimit* cut = result.best ? &result.cuts.at(*result.best) : nullptr;
  if (cut == nullptr || !cut->signal || cut->impacts.empty()) {
    return figure;
  }
  figure.panels.push_back(impact_panel(*cut));
  if (Panel pulls = nuisance_pull_panel(*cut); !pulls.traces.empty()) {
    pulls.row = 1;  // side by side, names of nuisances would have no room
    figure.panels.push_back(std::move(pulls));
  }
  return figure;
}

}  // namespace

std::vector<Figure> limit_figures(const search::LimitResult& result) {
  std::vector<Figure> figures = {limits_figure(result), passing_figure(result), efficiency_figure(result),
                                 linearity_figure(result), impact_figure(result)};
  std::erase_if(figures, [](const Figure& figure) { return figure.panels.empty(); });
  return figures;
}

}  // namespace eddy::report
