#include <eddy/report/closure_figure.hpp>
#include <eddy/report/conrad_figures.hpp>
#include <eddy/report/feature_figures.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/plane_figures.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/sensitivity_figures.hpp>

#include <utility>

namespace eddy::report {

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
  add(score_figure(output, signal));
  add(closure_figure(output));
  add(feature_figure(output, signal));
  add(corner_figure(output));
  add(latent_figure(output, output.template_sample));
  add(latent_figure(output, output.data));
  add(training_figure(output));
  add(sic_figure(output));
  add(roc_figure(output));
  return {{"format", "eddy-figures-1"}, {"figures", std::move(figures)}};
}

}  // namespace eddy::report
