#include <eddy/report/p_value_panel.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace eddy::report {
namespace {

constexpr int kLines = 5;  // standard deviations that get a line
constexpr double kSmallestP = 1e-300;
constexpr double kLargestP = 1.5;

}  // namespace

double drawable_p_value(double p_value) { return std::max(p_value, kSmallestP); }

void add_sigma_lines(Panel& panel) {
  for (int sigma = 1; sigma <= kLines; ++sigma) {
    panel.traces.push_back({.kind = TraceKind::kHorizontalLine,
                            .name = "",
                            .role = "guide",
                            .style = "dash",
                            .y = {stats::to_p_value({static_cast<double>(sigma)}).value},
                            .text = fmt::format("{} σ", sigma)});
  }
}

void set_p_value_ranges(Panel& panel, std::size_t n_notes) {
  double smallest = stats::to_p_value({static_cast<double>(kLines)}).value;
  std::array<double, 2> masses{panel.traces.front().x.front(), panel.traces.front().x.back()};
  for (const Trace& trace : panel.traces) {
    smallest = std::min(smallest, *std::ranges::min_element(trace.y));
    masses = {std::min(masses[0], trace.x.front()), std::max(masses[1], trace.x.back())};
  }
  constexpr double kNoteFraction = 0.062;  // of the height of a panel that has the page to itself
  const double free_fraction = 1 - 0.03 - kNoteFraction * static_cast<double>(n_notes);
  const double decades = (std::log10(kLargestP) - std::log10(smallest)) / free_fraction;
  panel.x.range = masses;
  panel.y.range = {kLargestP * std::pow(10.0, -decades), kLargestP};
}

}  // namespace eddy::report
