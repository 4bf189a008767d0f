#include <eddy/base/json.hpp>
#include <eddy/report/category_figures.hpp>
#include <eddy/report/detector_style.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/loss_plane_figure.hpp>
#include <eddy/report/quak_figures.hpp>
#include <eddy/report/sic_panel.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::report {
namespace {

/// A panel per signal with all scores that were tried on it; the random cut is a line of its own.
std::optional<Figure> separation_figure(const search::QuakOutput& output) {
  Figure figure{.id = "separation",
                .section = "Sensitivity",
                .title = "Background rejection",
                .caption = fmt::format(
                    "One over the efficiency of held-out background against the signal efficiency; higher is better. "
                    "Cuts on the losses were chosen on one half of the events and are shown on the other. Curves end "
                    "where fewer than {} background events pass.",
                    classify::kMinBackgroundForSic)};
  for (const search::LossSample& signal : output.signal_losses) {
    std::vector<ScoreLine> lines;
    for (const search::Separation& separation : output.separations) {
      if (separation.signal == signal.name) {
        lines.push_back({.name = separation.evaluation.name,
                         .role = detector_role(lines.size()),
                         .style = detector_style(lines.size()),
                         .curve = separation.evaluation.curve});
      }
    }
    std::erase_if(lines, [](const ScoreLine& line) { return !is_drawable(line); });
    if (!lines.empty()) {
      Panel panel = roc_panel(lines);
      panel.id = signal.name;
      panel.title = signal.name;
      figure.panels.push_back(std::move(panel));
    }
  }
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(std::move(figure));
}

}  // namespace

Json quak_figures(const search::QuakOutput& output) {
  return figures_document({category_scan_figure(output), category_fit_figure(output), cut_fit_figure(output),
                           loss_plane_figure(output), separation_figure(output), training_figure(output)});
}

}  // namespace eddy::report
