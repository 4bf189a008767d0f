#include <eddy/base/json.hpp>
#include <eddy/report/argos_figure.hpp>
#include <eddy/report/assets.hpp>
#include <eddy/report/closure_figure.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/evidence/template_count/closure_test_figures.hpp>
#include <eddy/report/evidence/template_count/marginal_figures.hpp>
#include <eddy/report/evidence/template_count/template_count_figure.hpp>
#include <eddy/report/evidence/template_count/template_count_page.hpp>
#include <eddy/report/evidence/template_count/template_count_result.hpp>
#include <eddy/report/evidence/template_count/template_count_tables.hpp>
#include <eddy/report/evidence/template_count/template_count_wording.hpp>
#include <eddy/report/evidence/template_count/weight_figure.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/sensitivity_figures.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

namespace eddy::report {
namespace {

Json figures(const search::Finding& output) {
  return figures_document({template_count_figure(output), closure_auc_figure(output), closure_sic_figure(output),
                           template_closure_figure(output), marginal_figure(output, "control region"),
                           marginal_figure(output, "signal region"), weight_figure(output), training_figure(output),
                           argos_figure(output), sic_figure(output), roc_figure(output)});
}

std::string findings(const Json& result) {
  if (is_blind(result)) {
    return {};
  }
  return fill_page(asset(Asset::kTemplateCountFindings), {{"working_points", template_working_point_table(result)},
                                                          {"errors", prediction_error_table(result)},
                                                          {"regions", template_region_table(result)}});
}

std::string line(const search::WorkingPoint& point) {
  const search::Abcd& abcd = std::get<search::TemplateCount>(point.evidence).abcd;
  const std::string other = abcd.no_numbers.empty()
                                ? fmt::format("{:.1f} ± {:.1f} expected, {}", abcd.prediction.predicted,
                                              abcd.prediction.error, significance_text(abcd.fit.z, abcd.fit.p_value))
                                : "no prediction";
  return fmt::format(
      "efficiency {}: observed {:.0f}, expected {:.1f} ± {:.1f}, {}, S/√B = {:.2f}, upper limit {:.1f} events; ABCD: "
      "{}",
      point.efficiency, point.observed, point.predicted, point.predicted_error,
      significance_text(point.z, point.p_value), point.s_over_sqrt_b, point.upper_limit, other);
}

std::vector<std::string> lines(const search::Finding& finding) { return point_lines(finding, line); }

}  // namespace

EvidencePage template_count_page() {
  return {.kind = search::EvidenceKind::kTemplateCount,
          .add = add_template_count,
          .figures = figures,
          .findings = findings,
          .word = word_template_count,
          .detector = template_count_detector,
          .lines = lines,
          .selected_background =
              "The background is the constructed one behind the same cut, of all models, scaled to the prediction: "
              "where the extrapolation is off, so is its shape, for which no error is charged."};
}

}  // namespace eddy::report
