#include <eddy/base/json.hpp>
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
  const search::ScoredSample signal = shown_signal(output);
  return figures_document({bump_figure(output), scan_figure(output), signal_region_figure(output),
                           sculpting_figure(output), spectra_figure(output), score_figure(output, {}, signal, kScores),
                           mass_plane_figure(output), feature_figure(output, signal),
                           latent_figure(output, output.data, kDataLatent), training_figure(output), sic_figure(output),
                           roc_figure(output)});
}

}  // namespace eddy::report
