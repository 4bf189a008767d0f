#include <eddy/search/abcd_point.hpp>
#include <eddy/search/finding.hpp>

#include <algorithm>

namespace eddy::search {
namespace {

struct JudgePoint {
  const WorkingPoint& point;
  bool gate_failed;

  Judgement operator()(const Abcd& abcd) const {
    return judge_abcd(point.z, abcd.no_numbers.empty(), has_empty_control(abcd.counts), gate_failed);
  }
  Judgement operator()(const BumpHunt& hunt) const {
    return judge_bump(point.z, goodness_of_fit(hunt), hunt.unlikely_bin.has_value(), point.predicted_error,
                      point.observed);
  }
  Judgement operator()(const TemplateCount& count) const { return judge_template_count(point.z, count.abcd.fit.z); }
  Judgement operator()(const CategorySearch& /*search*/) const { return judge_categories(point.z); }
};

AucSummary auc_of(const Finding& finding, const std::string& region, const std::string& name) {
  const auto test = std::ranges::find_if(finding.closure_tests,
                                         [&](const ClosureTest& t) { return t.region == region && t.name == name; });
  return summarise_auc(test != finding.closure_tests.end() ? std::span<const double>(test->auc)
                                                           : std::span<const double>());
}

}  // namespace

void judge(Finding& finding) {
  // A bump hunt rests on the sidebands of the spectrum after the cut, whatever the flow does.
  const bool gate_failed = finding.evidence == EvidenceKind::kAbcd && finding.gate && !finding.gate->passed;
  VerdictFacts facts{.evidence = finding.evidence,
                     .is_blind = finding.is_blind,
                     .gate_failed = gate_failed,
                     .has_mass = !finding.context.name.empty()};
  for (WorkingPoint& point : finding.working_points) {
    point.judgement = std::visit(JudgePoint{point, gate_failed}, point.evidence);
    facts.z.push_back(point.z);
    facts.judgements.push_back(point.judgement);
  }
  if (finding.evidence == EvidenceKind::kTemplateCount) {
    for (const char* region : {"control region", "signal region"}) {
      facts.closure.push_back(judge_closure(region, auc_of(finding, region, method_title(finding.method)),
                                            auc_of(finding, region, "idealized"),
                                            auc_of(finding, region, "simulation")));
    }
  }
  finding.verdict = judge_search(facts);
}

}  // namespace eddy::search
