#include <eddy/report/evidence/bump/bump_labels.hpp>
#include <eddy/report/evidence/bump/scan_figure.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/p_value_panel.hpp>

#include <fmt/format.h>

namespace eddy::report {
namespace {

std::string global_text(const std::optional<stats::MassScan>& scan, const std::string& where) {
  if (!scan || scan->n_toys == 0) {
    return {};
  }
  const bool is_small = search::is_bound(scan->global_p_value, scan->n_toys);
  return fmt::format(", {} {}{}{}", where, is_small ? "Z > " : "Z = ", format_decimals(scan->global_z, 1),
                     scan->n_failed_toys > 0 ? fmt::format(" ({} toys failed)", scan->n_failed_toys) : "");
}

Trace scan_line(const stats::MassScan& scan, const std::string& name, std::size_t index) {
  Trace line{.kind = TraceKind::kLine, .name = name, .role = fmt::format("series_{}", index % 8 + 1)};
  for (const auto& point : scan.points) {
    line.x.push_back(point.signal.mean);
    line.y.push_back(drawable_p_value(point.p_value));
  }
  return line;
}

std::string summary(const search::Finding& output, const search::WorkingPoint& point) {
  const auto& hunt = std::get<search::BumpHunt>(point.evidence);
  const stats::MassScan& scan = *hunt.scan;
  const stats::ScanPoint& best = scan.points.at(scan.best);
  const std::string unit = output.context.unit.empty() ? "" : " " + output.context.unit;
  std::string text = fmt::format("{}: local Z = {} at {:.4g}{}", cut_name(point.efficiency), format_decimals(best.z, 1),
                                 best.signal.mean, unit);
  text += global_text(hunt.scan_signal_region, "global in the signal region");
  text += global_text(hunt.scan, "in the whole range");
  return text;
}

void add_summaries(Panel& panel, const std::vector<std::string>& summaries) {
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    Trace note = corner_note(summaries[i], "left bottom", 0);
    note.y = {0.01 + 0.06 * static_cast<double>(summaries.size() - 1 - i)};
    panel.traces.push_back(std::move(note));
  }
}

}  // namespace

std::optional<Figure> scan_figure(const search::Finding& output) {
  Panel panel{.id = "scan",
              .title = "",
              .x = {"mass of the signal", output.context.unit},
              .y = {"local p-value", "", Scale::kLog}};
  std::vector<std::string> summaries;
  for (std::size_t i = 0; i < output.working_points.size(); ++i) {
    const auto& point = output.working_points[i];
    const auto& scan = std::get<search::BumpHunt>(point.evidence).scan;
    if (scan && !scan->points.empty()) {
      panel.traces.push_back(scan_line(*scan, cut_name(point.efficiency), i));
      summaries.push_back(summary(output, point));
    }
  }
  if (panel.traces.empty()) {
    return std::nullopt;
  }
  set_p_value_ranges(panel, summaries.size());
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
