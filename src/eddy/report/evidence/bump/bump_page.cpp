#include <eddy/base/json.hpp>
#include <eddy/report/argos_figure.hpp>
#include <eddy/report/assets.hpp>
#include <eddy/report/evidence/bump/bump_figures.hpp>
#include <eddy/report/evidence/bump/bump_page.hpp>
#include <eddy/report/evidence/bump/bump_result.hpp>
#include <eddy/report/evidence/bump/bump_tables.hpp>
#include <eddy/report/evidence/bump/bump_wording.hpp>
#include <eddy/report/evidence/bump/mass_plane_figure.hpp>
#include <eddy/report/evidence/bump/scan_figure.hpp>
#include <eddy/report/evidence/bump/sculpting_figures.hpp>
#include <eddy/report/evidence/bump/signal_fraction_note.hpp>
#include <eddy/report/evidence/bump/weighted_spectrum.hpp>
#include <eddy/report/feature_figures.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/gate_box.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/score_figure.hpp>
#include <eddy/report/sensitivity_figures.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

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

constexpr GateText kGate = {
    "Quality of the flow:", "sideband", "The flow maps background to N(0, 1) at every mass.",
    "The score may follow errors of the flow, which costs sensitivity. The bump hunt stays valid: it rests on the "
    "sidebands of the spectrum after the cut. Train the flow longer, or give it more room."};

Json global(const Json& point) {
  return {{"signal_region", point.at("fit").at("scan_signal_region")}, {"range", point.at("fit").at("scan")}};
}

Json figures(const search::Finding& output) {
  if (output.is_blind) {
    return figures_document({latent_figure(output, output.data, kDataLatent), training_figure(output)});
  }
  const search::ScoredSample signal = shown_signal(output);
  return figures_document({bump_figure(output), scan_figure(output), signal_region_figure(output),
                           weighted_spectrum_figure(output), sculpting_figure(output), spectra_figure(output),
                           score_figure(output, {}, signal, kScores), mass_plane_figure(output),
                           sideband_feature_figure(output, signal), latent_figure(output, output.data, kDataLatent),
                           training_figure(output), argos_figure(output), sic_figure(output), roc_figure(output)});
}

std::string findings(const Json& result) {
  if (is_blind(result)) {
    return gate_box(result, kGate);
  }
  return fill_page(asset(Asset::kBumpFindings), {{"working_points", hunt_table(result)},
                                                 {"failures", failure_list(result)},
                                                 {"fits", fit_table(result)},
                                                 {"signal_fraction", signal_fraction_note(result)},
                                                 {"gate", gate_box(result, kGate)}});
}

std::string line(const search::WorkingPoint& point) {
  const auto& hunt = std::get<search::BumpHunt>(point.evidence);
  if (!hunt.signal) {
    return fmt::format("efficiency {}: observed {:.0f} in the signal region, no fit: {}", point.efficiency,
                       point.observed, hunt.failures.empty() ? "too few events" : hunt.failures.front());
  }
  std::string text = fmt::format(
      "efficiency {}: observed {:.0f}, signal {:.1f} ± {:.1f}, Z = {:.2f} (p = {:.2g}) at {:.4g}, upper limit {:.1f} "
      "events",
      point.efficiency, point.observed, point.strength, point.strength_error, point.z, point.p_value,
      hunt.signal_shape.mean, point.upper_limit);
  if (hunt.prediction) {
    text += fmt::format("; {:.1f} ± {:.1f} expected from the sidebands", point.predicted, point.predicted_error);
  }
  return text;
}

std::vector<std::string> lines(const search::Finding& finding) {
  std::vector<std::string> all = point_lines(finding, line);
  if (finding.weighted_spectrum) {
    all.push_back(weighted_spectrum_line(*finding.weighted_spectrum));
  }
  if (finding.signal_fraction) {
    all.push_back(fmt::format("the densities take {} to be signal: an estimate, and no evidence",
                              signal_fraction_phrase(signal_fraction_json(*finding.signal_fraction))));
  }
  return all;
}

}  // namespace

EvidencePage bump_page() {
  return {.kind = search::EvidenceKind::kBump,
          .add = add_bump,
          .figures = figures,
          .findings = findings,
          .word = word_bump,
          .detector = bump_detector,
          .global = global,
          .lines = lines,
          .selected_background =
              "The background is made of sideband events that pass the same cut, within one width of the window below "
              "and above it, each side scaled to half of the prediction: features that move with the mass are right "
              "in their mean and somewhat too wide, and signal beside the window is taken for background."};
}

}  // namespace eddy::report
