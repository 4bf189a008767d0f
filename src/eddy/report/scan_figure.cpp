#include <eddy/report/number_format.hpp>
#include <eddy/report/resonant_labels.hpp>
#include <eddy/report/scan_figure.hpp>

#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::report {
namespace {

constexpr int kLines = 5;  // standard deviations that get a line
constexpr double kSmallestP = 1e-300;
constexpr double kLargestP = 1.5;

/// Whether no toy reached the data, so that the global p-value is only known to be small.
bool is_bound(const stats::MassScan& scan) {
  return scan.global_p_value * (static_cast<double>(scan.n_toys) + 1) < 1.5;
}

std::string global_text(const std::optional<stats::MassScan>& scan, const std::string& where) {
  if (!scan || scan->n_toys == 0) {
    return {};
  }
  return fmt::format(", {} {}{}{}", where, is_bound(*scan) ? "Z > " : "Z = ", format_decimals(scan->global_z, 1),
                     scan->n_failed_toys > 0 ? fmt::format(" ({} toys failed)", scan->n_failed_toys) : "");
}

Trace scan_line(const stats::MassScan& scan, const std::string& name, std::size_t index) {
  Trace line{.kind = TraceKind::kLine, .name = name, .role = fmt::format("series_{}", index % 8 + 1)};
  for (const auto& point : scan.points) {
    line.x.push_back(point.signal.mean);
    line.y.push_back(std::max(point.p_value, kSmallestP));
  }
  return line;
}

std::string summary(const search::ResonantOutput& output, const search::ResonantWorkingPoint& point) {
  const stats::MassScan& scan = *point.hunt.scan;
  const stats::ScanPoint& best = scan.points.at(scan.best);
  const std::string unit = output.context.unit.empty() ? "" : " " + output.context.unit;
  std::string text = fmt::format("{}: local Z = {} at {:.4g}{}", cut_name(point.efficiency), format_decimals(best.z, 1),
                                 best.signal.mean, unit);
  text += global_text(point.hunt.scan_signal_region, "global in the signal region");
  text += global_text(point.hunt.scan, "in the whole range");
  return text;
}

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

/// Room for the lines of all standard deviations, the curves, and one line of text for each of them below.
void set_ranges(Panel& panel, std::size_t n_notes) {
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

void add_summaries(Panel& panel, const std::vector<std::string>& summaries) {
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    Trace note = corner_note(summaries[i], "left bottom", 0);
    note.y = {0.01 + 0.06 * static_cast<double>(summaries.size() - 1 - i)};
    panel.traces.push_back(std::move(note));
  }
}

}  // namespace

std::optional<Figure> scan_figure(const search::ResonantOutput& output) {
  Panel panel{.id = "scan",
              .title = "",
              .x = {"mass of the signal", output.context.unit},
              .y = {"local p-value", "", Scale::kLog}};
  std::vector<std::string> summaries;
  for (std::size_t i = 0; i < output.working_points.size(); ++i) {
    const auto& point = output.working_points[i];
    if (point.hunt.scan && !point.hunt.scan->points.empty()) {
      panel.traces.push_back(scan_line(*point.hunt.scan, cut_name(point.efficiency), i));
      summaries.push_back(summary(output, point));
    }
  }
  if (panel.traces.empty()) {
    return std::nullopt;
  }
  set_ranges(panel, summaries.size());
  panel.traces.insert(panel.traces.begin(), signal_region_band(output, panel));
  add_sigma_lines(panel);
  add_summaries(panel, summaries);
  Figure figure{.id = "scan",
                .section = "Bump hunt",
                .title = "Scan of the mass",
                .caption =
                    "Local p-value of the background-only hypothesis (asymptotic) for a signal of each mass, one line "
                    "per cut; dashed: the p-values of 1 to 5 σ. The global significances in the corner count how "
                    "often background alone gives an excess as large anywhere in the signal region, or in the whole "
                    "range of the fit (pseudo-experiments; “>” where none did). They are not corrected for the "
                    "number of cuts."};
  figure.panels = {std::move(panel)};
  return figure;
}

}  // namespace eddy::report
