#include <eddy/report/closure_figure.hpp>
#include <eddy/report/conrad_figures.hpp>
#include <eddy/report/feature_figures.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/plane_figures.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/score_figure.hpp>
#include <eddy/report/sensitivity_figures.hpp>

#include <utility>

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
  const bool has_signal_sample = !output.signal.context.empty();
  const search::Sample signal = has_signal_sample ? output.signal : labelled_signal(output.data);
  Json figures = Json::array();
  const auto add = [&figures](const std::optional<Figure>& figure) {
    if (figure) {
      figures.push_back(to_json(*figure));
    }
  };
  add(excess_figure(output));
  add(plane_figure(output, signal));
  add(score_figure(output, output.template_sample, signal, kScores));
  add(closure_figure(output));
  add(feature_figure(output, signal));
  add(corner_figure(output));
  add(latent_figure(output, output.template_sample, kTemplateLatent));
  add(latent_figure(output, output.data, kDataLatent));
  add(training_figure(output));
  add(sic_figure(output));
  add(roc_figure(output));
  return {{"format", "eddy-figures-1"}, {"figures", std::move(figures)}};
}

}  // namespace eddy::report
