#include <eddy/search/finding.hpp>
#include <eddy/stats/counting.hpp>

namespace eddy::search {

void set_numbers(WorkingPoint& point, const TemplateCount& count) {
  const TemplatePrediction& prediction = count.prediction;
  point.observed = count.abcd.counts.a;
  const stats::CountingResult counting = stats::judge_count(point.observed, prediction.predicted, prediction.error);
  point.predicted = prediction.predicted;
  point.predicted_error = prediction.error;
  point.s_over_sqrt_b = stats::s_over_sqrt_b(point.observed, prediction.predicted);
  point.p_value = counting.p_value;
  point.z = counting.z;
  point.upper_limit = counting.upper_limit;
  point.expected_limit = counting.expected_limit;
  point.evidence = count;
}

Judgement judge_evidence(const TemplateCount& count, const WorkingPoint& point, bool /*gate_failed*/) {
  // The other estimate is not corrected: the two are compared as they were.
  return judge_template_count(point.raw ? point.raw->z : point.z, count.abcd.fit.z);
}

}  // namespace eddy::search
