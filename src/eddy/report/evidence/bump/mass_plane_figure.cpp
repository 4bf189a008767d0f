#include <eddy/report/evidence/bump/mass_plane_figure.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/sample_columns.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace eddy::report {
namespace {

constexpr std::size_t kBins = 40;
constexpr std::size_t kMassBins = 20;   // of equal population, for the quantiles
constexpr double kMinEventsAbove = 10;  // a quantile with fewer events above it is noise
constexpr std::array kKept = {0.5, 0.1, 0.01};
constexpr std::array<const char*, kKept.size()> kRoles = {"series_4", "series_2", "series_3"};

struct Scored {
  float mass;
  float selection;  // -log10 of the efficiency
};

/// Scored events, by mass.
std::vector<Scored> scored_events(const search::ScoredSample& data) {
  const std::vector<float> mass = context_column(data, Region::kAll);
  const std::vector<float> selection = selection_column(data, Region::kAll);
  std::vector<Scored> events;
  for (std::size_t i = 0; i < std::min(mass.size(), selection.size()); ++i) {
    if (!std::isnan(selection[i])) {
      events.push_back({mass[i], selection[i]});
    }
  }
  std::ranges::sort(events, {}, &Scored::mass);
  return events;
}

std::vector<float> column(const std::vector<Scored>& events, float Scored::*member) {
  std::vector<float> values(events.size());
  std::ranges::transform(events, values.begin(), member);
  return values;
}

/// The cut that keeps a fraction of each slice of the events.
Trace quantile_line(const std::vector<Scored>& events, double kept, const std::string& role) {
  Trace line{.kind = TraceKind::kLine, .name = format_percent(kept) + " of each mass bin above", .role = role};
  for (std::size_t slice = 0; slice < kMassBins; ++slice) {
    const auto begin = static_cast<std::ptrdiff_t>(slice * events.size() / kMassBins);
    const auto end = static_cast<std::ptrdiff_t>((slice + 1) * events.size() / kMassBins);
    const std::vector<Scored> inside(events.begin() + begin, events.begin() + end);
    if (kept * static_cast<double>(inside.size()) >= kMinEventsAbove) {
      line.x.push_back(inside[inside.size() / 2].mass);
      line.y.push_back(quantile(column(inside, &Scored::selection), 1 - kept));
    }
  }
  return line;
}

Trace density_map(const std::vector<float>& mass, const std::vector<float>& selection) {
  const double largest = *std::ranges::max_element(selection);
  Trace map{.kind = TraceKind::kHeatmap, .name = "data", .role = "density"};
  map.x = common_edges(std::array{mass}, kBins);
  map.y = round_edges(0, std::max(largest, 1.0), kBins);
  map.counts = fill_2d(map.x, map.y, mass, selection);
  map.z = map.counts;
  std::ranges::replace(map.z, 0.0, std::numeric_limits<double>::quiet_NaN());
  return map;
}

void add_cuts(Panel& panel, const search::Finding& output) {
  for (const double border : {output.signal_window->low, output.signal_window->high}) {
    panel.traces.push_back({.kind = TraceKind::kVerticalLine, .name = "signal region", .role = "cut", .x = {border}});
  }
  for (const auto& point : output.working_points) {
    if (point.efficiency < 1) {
      panel.traces.push_back({.kind = TraceKind::kHorizontalLine,
                              .name = "working points",
                              .role = "cut",
                              .style = "dash",
                              .y = {-std::log10(point.efficiency)},
                              .text = format_percent(point.efficiency)});
    }
  }
}

}  // namespace

std::optional<Figure> mass_plane_figure(const search::Finding& output) {
  const std::vector<Scored> events = scored_events(output.data);
  if (events.empty() || !(events.front().mass < events.back().mass)) {
    return std::nullopt;
  }
  Panel panel{.id = "mass-plane",
              .title = "",
              .x = {output.context.name, output.context.unit},
              .y = {"−log10(ε), tighter selection →", ""}};
  Trace map = density_map(column(events, &Scored::mass), column(events, &Scored::selection));
  const double most = *std::ranges::max_element(map.counts);
  panel.x.range = {map.x.front(), map.x.back()};
  panel.y.range = {map.y.front(), map.y.back()};
  panel.traces.push_back(std::move(map));
  for (std::size_t i = 0; i < kKept.size(); ++i) {
    Trace line = quantile_line(events, kKept.at(i), kRoles.at(i));
    if (!line.x.empty()) {
      panel.traces.push_back(std::move(line));
    }
  }
  add_cuts(panel, output);
  Figure figure{.id = "mass-plane",
                .section = "Score",
                .title = "Score against mass",
                .caption = fmt::format(
                    "All scored data: −log10 of the efficiency ε at which an event is still kept, against {0}. The "
                    "lines are the cuts that keep 50, 10 and 1 % of the events of each bin of {0} (20 bins of equal "
                    "population): flat where the score does not depend on {0}; a line that leans is a spectrum that "
                    "the cut sculpts. Vertical lines: the signal region; dashed: the working points.",
                    output.context.name)};
  figure.colors = ColorScale{"data events per bin", "sequential", Scale::kLog, {1, std::max(most, 10.0)}};
  figure.panels = {std::move(panel)};
  return figure;
}

}  // namespace eddy::report
