#include <eddy/base/json.hpp>
#include <eddy/report/closure_figure.hpp>
#include <eddy/report/conrad_figures.hpp>
#include <eddy/report/feature_figures.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/plane_figures.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/score_figure.hpp>
#include <eddy/report/sensitivity_figures.hpp>

namespace eddy::report {
namespace {

const LatentText kTemplateLatent{
    "latent-template", "Latent of held-out template events", "template",
    "The flow that mapped an event never saw it. Every ratio should be flat at one, in every bin: a deviation of the "
    "flow is what a classifier would find instead of a signal."};
const LatentText kDataLatent{
    "latent-data", "Latent of data events", "data",
    "A background that the template describes is flat at one in every bin; a shift common to all bins is a difference "
    "of template and data, which a control-region reference cancels; a shift in the highest bin alone may be a "
    "signal."};

const ScoreText kScores{"Result", "template", "control region",
                        "Data of the signal and of the control region should agree except where there is a signal: the "
                        "score was made independent of the tail variable."};

}  // namespace

Json conrad_figures(const search::ConradOutput& output) {
  const search::ScoredSample signal = shown_signal(output);
  return figures_document({excess_figure(output), plane_figure(output, signal),
                           score_figure(output, output.template_sample, signal, kScores), closure_figure(output),
                           feature_figure(output, signal), corner_figure(output),
                           latent_figure(output, output.template_sample, kTemplateLatent),
                           latent_figure(output, output.data, kDataLatent), training_figure(output), sic_figure(output),
                           roc_figure(output)});
}

}  // namespace eddy::report
