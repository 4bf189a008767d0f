#include <eddy/search/abcd_point.hpp>
#include <eddy/search/finding.hpp>

#include <algorithm>

namespace eddy::search {
namespace {

AucSummary auc_of(const Finding& finding, const std::string& region, const std::string& name) {
  const auto test = std::ranges::find_if(finding.closure_tests,
                                         [&](const ClosureTest& t) { return t.region == region && t.name == name; });
  return summarise_auc(test != finding.closure_tests.end() ? std::span<const double>(test->auc)
                                                           : std::span<const double>());
}

/// Without null experiments: of a scan that of all masses together.
double uncalibrated_z(const WorkingPoint& point) {
  const auto* categories = std::get_if<CategorySearch>(&point.evidence);
  return categories != nullptr ? global_z(*categories) : point.z;
}

/// What a search may claim at a cut: the calibrated Z. Where some cuts are calibrated the others claim nothing, since
/// their plain Z would stand against smaller ones.
double z_to_judge(const Finding& finding, std::size_t point) {
  const auto is_calibrated = [](const CalibratedPoint& p) { return p.p.has_value(); };
  if (!finding.calibration || std::ranges::none_of(finding.calibration->points, is_calibrated)) {
    return uncalibrated_z(finding.working_points[point]);
  }
  const CalibratedPoint& calibrated = finding.calibration->points[point];
  return calibrated.p ? calibrated.p->z : kNoNumber;
}

}  // namespace

void judge(Finding& finding) {
  const bool gate_failed = falls_with_gate(finding.evidence) && finding.gate && !finding.gate->passed;
  VerdictFacts facts{.evidence = finding.evidence,
                     .is_blind = finding.is_blind,
                     .gate_failed = gate_failed,
                     .has_mass = !finding.context.name.empty(),
                     .n_settings = finding.n_settings};
  for (WorkingPoint& point : finding.working_points) {
    point.judgement =
        std::visit([&](const auto& evidence) { return judge_evidence(evidence, point, gate_failed); }, point.evidence);
    facts.z.push_back(z_to_judge(finding, facts.z.size()));
    facts.judgements.push_back(point.judgement);
  }
  if (finding.evidence == EvidenceKind::kTemplateCount) {
    facts.closure = judge_closures(
        method_title(finding.method),
        [&](const std::string& region, const std::string& name) { return auc_of(finding, region, name); });
  }
  finding.verdict = judge_search(facts);
}

}  // namespace eddy::search
