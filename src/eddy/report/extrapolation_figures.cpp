#include <eddy/report/extrapolation_figures.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/sensitivity_figures.hpp>

namespace eddy::report {

Json extrapolation_figures(const search::ExtrapolationOutput& output) {
  return figures_document({training_figure(output), sic_figure(output), roc_figure(output)});
}

}  // namespace eddy::report
