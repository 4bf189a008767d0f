#include <eddy/report/bump_figures.hpp>
#include <eddy/report/feature_figures.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/mass_plane_figure.hpp>
#include <eddy/report/resonant_figures.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/scan_figure.hpp>
#include <eddy/report/score_figure.hpp>
#include <eddy/report/sculpting_figures.hpp>
#include <eddy/report/sensitivity_figures.hpp>

#include <utility>

namespace eddy::report {
namespace {

const LatentText kDataLatent{
    "latent-data", "Latent of data events", "data",
    "Background should be flat at one in every bin, inside and outside the signal region: what is not depends on the "
    "mass, and a cut on a score of the latent would sculpt the spectrum. A deviation in the bins of the signal region "
    "alone may be a signal."};
const ScoreText kScores{"Score", "", "sidebands",
                        "Data of the signal region and of the sidebands should agree except where there is a signal; "
                        "where they do not, the score depends on the mass."};

}  // namespace

Json resonant_figures(const search::ResonantOutput& output) {
  const bool has_signal_sample = !output.signal.context.empty();
  const search::Sample signal = has_signal_sample ? output.signal : labelled_signal(output.data);
  Json figures = Json::array();
  const auto add = [&figures](const std::optional<Figure>& figure) {
    if (figure) {
      figures.push_back(to_json(*figure));
    }
  };
  add(bump_figure(output));
  add(scan_figure(output));
  add(signal_region_figure(output));
  add(sculpting_figure(output));
  add(spectra_figure(output));
  add(score_figure(output, {}, signal, kScores));
  add(mass_plane_figure(output));
  add(feature_figure(output, signal));
  add(latent_figure(output, output.data, kDataLatent));
  add(training_figure(output));
  add(sic_figure(output));
  add(roc_figure(output));
  return {{"format", "eddy-figures-1"}, {"figures", std::move(figures)}};
}

}  // namespace eddy::report
