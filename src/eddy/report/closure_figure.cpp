#include <eddy/report/closure_figure.hpp>
#include <eddy/report/closure_panel.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace eddy::report {

namespace {

/// The curves, and a line at each working point; nothing without points.
std::optional<Panel> panel_of(const search::Finding& output) {
  Panel panel = empty_closure_panel("closure", "");
  std::size_t n_curves = 0;
  for (const auto& curve : output.closure) {
    if (!curve.points.empty()) {
      add_closure_curve(panel, curve, fmt::format("closure_{}", n_curves++ % 4 + 1));
    }
  }
  if (n_curves == 0) {
    return std::nullopt;
  }
  std::vector<double> cuts;
  for (const auto& point : output.working_points) {
    cuts.push_back(point.efficiency);
  }
  finish_closure_panel(panel, cuts);
  return panel;
}

}  // namespace

std::optional<Figure> abcd_closure_figure(const search::Finding& output) {
  std::optional<Panel> panel = panel_of(output);
  if (!panel) {
    return std::nullopt;
  }
  Figure figure{.id = "closure",
                .section = "Background estimate",
                .title = "Closure of the background estimate",
                .caption =
                    "N_B N_C / N_D divided by the number of background events in A, against the background efficiency. "
                    "Error bars: Poisson errors of B, C and D propagated; shaded: Poisson error of the background "
                    "count in A, around one; dashed lines at ± 10 %. The estimate is sound where the points are "
                    "compatible with one. Neighbouring points share events."};
  figure.panels = {std::move(*panel)};
  return figure;
}

std::optional<Figure> template_closure_figure(const search::Finding& output) {
  std::optional<Panel> panel = panel_of(output);
  if (!panel) {
    return std::nullopt;
  }
  Figure figure{
      .id = "closure",
      .section = "Closure",
      .title = "Closure of the predicted number of events",
      .caption =
          "Constructed background that passes a cut on the score, divided by the events that do: data of the "
          "control region that the background models never saw and, where labels exist, background of the "
          "signal region. Error bars: in the control region the statistical error of the constructed events, "
          "in the signal region the whole error of the prediction; shaded: Poisson error of the count, around "
          "one; dashed lines at ± 10 %. Neighbouring points share events."};
  figure.panels = {std::move(*panel)};
  return figure;
}

}  // namespace eddy::report
