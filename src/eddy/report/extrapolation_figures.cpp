#include <eddy/base/json.hpp>
#include <eddy/report/closure_figure.hpp>
#include <eddy/report/closure_test_figures.hpp>
#include <eddy/report/extrapolation_figures.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/marginal_figures.hpp>
#include <eddy/report/sensitivity_figures.hpp>
#include <eddy/report/template_count_figure.hpp>
#include <eddy/report/weight_figure.hpp>

namespace eddy::report {

Json extrapolation_figures(const search::ExtrapolationOutput& output) {
  return figures_document({template_count_figure(output), closure_auc_figure(output), closure_sic_figure(output),
                           closure_figure(output), marginal_figure(output, "control region"),
                           marginal_figure(output, "signal region"), weight_figure(output), training_figure(output),
                           sic_figure(output), roc_figure(output)});
}

}  // namespace eddy::report
