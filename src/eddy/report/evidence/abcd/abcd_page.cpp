#include <eddy/base/json.hpp>
#include <eddy/report/argos_figure.hpp>
#include <eddy/report/assets.hpp>
#include <eddy/report/closure_figure.hpp>
#include <eddy/report/evidence/abcd/abcd_page.hpp>
#include <eddy/report/evidence/abcd/abcd_result.hpp>
#include <eddy/report/evidence/abcd/abcd_tables.hpp>
#include <eddy/report/evidence/abcd/abcd_wording.hpp>
#include <eddy/report/evidence/abcd/plane_figures.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/feature_figures.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/gate_box.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/score_figure.hpp>
#include <eddy/report/sensitivity_figures.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

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

constexpr GateText kGate = {
    "Validity gate", "template", "The flow is good enough that its own errors are not mistaken for a signal.",
    "The classifiers may have found errors of the flow: train it longer, or with more template events, before quoting "
    "any number on this page."};

/// What there is to see while the signal region is closed: template, and data outside of it.
Json figures_of_blind(const search::Finding& output) {
  return figures_document({template_feature_figure(output, {}),
                           latent_figure(output, output.template_sample, kTemplateLatent),
                           latent_figure(output, output.data, kDataLatent), training_figure(output)});
}

Json figures(const search::Finding& output) {
  if (output.is_blind) {
    return figures_of_blind(output);
  }
  const search::ScoredSample signal = shown_signal(output);
  return figures_document({excess_figure(output), plane_figure(output, signal),
                           score_figure(output, output.template_sample, signal, kScores), abcd_closure_figure(output),
                           template_feature_figure(output, signal), corner_figure(output),
                           latent_figure(output, output.template_sample, kTemplateLatent),
                           latent_figure(output, output.data, kDataLatent), training_figure(output),
                           argos_figure(output), sic_figure(output), roc_figure(output)});
}

std::string findings(const Json& result) {
  if (is_blind(result)) {
    return gate_box(result, kGate);
  }
  return fill_page(asset(Asset::kAbcdFindings), {{"working_points", working_point_table(result)},
                                                 {"regions", region_table(result)},
                                                 {"gate", gate_box(result, kGate)}});
}

std::string line(const search::WorkingPoint& point) {
  const auto& abcd = std::get<search::Abcd>(point.evidence);
  if (!abcd.no_numbers.empty()) {
    return fmt::format("efficiency {}: observed {:.0f}, nothing could be predicted: {}", point.efficiency,
                       point.observed, abcd.no_numbers);
  }
  return fmt::format(
      "efficiency {}: observed {:.0f}, expected {:.1f} ± {:.1f}, {}, S/√B = {:.2f}, upper limit {:.1f} events",
      point.efficiency, point.observed, point.predicted, point.predicted_error,
      significance_text(point.z, point.p_value), point.s_over_sqrt_b, point.upper_limit);
}

std::vector<std::string> lines(const search::Finding& finding) { return point_lines(finding, line); }

}  // namespace

EvidencePage abcd_page() {
  return {.kind = search::EvidenceKind::kAbcd,
          .add = add_abcd,
          .figures = figures,
          .findings = findings,
          .word = word_abcd,
          .detector = abcd_detector,
          .lines = lines,
          .selected_background =
              "The background is the template's signal region behind the same cut, scaled to the prediction: its tail "
              "variable may fall otherwise than that of the data, and with it what follows it."};
}

}  // namespace eddy::report
