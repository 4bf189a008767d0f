#include <eddy/report/closure_figure.hpp>
#include <eddy/report/closure_panel.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace eddy::report {

std::optional<Figure> closure_figure(const search::ConradOutput& output) {
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
  Figure figure{.id = "closure",
                .section = "Background estimate",
                .title = "Closure of the background estimate",
                .caption =
                    "N_B N_C / N_D divided by the number of background events in A, against the background efficiency. "
                    "Error bars: Poisson errors of B, C and D propagated; shaded: Poisson error of the background "
                    "count in A, around one; dashed lines at ± 10 %. The estimate is sound where the points are "
                    "compatible with one. Neighbouring points share events."};
  figure.panels = {std::move(panel)};
  return figure;
}

}  // namespace eddy::report
