#include <eddy/search/abcd_point.hpp>
#include <eddy/search/finding.hpp>

namespace eddy::search {

void set_numbers(WorkingPoint& point, const Abcd& abcd) {
  point.observed = abcd.counts.a;
  point.predicted = abcd.prediction.predicted;
  point.predicted_error = abcd.prediction.error;
  point.s_over_sqrt_b = abcd.s_over_sqrt_b;
  point.p_value = abcd.fit.p_value;
  point.z = abcd.fit.z;
  point.strength = abcd.fit.signal;
  point.strength_error = abcd.fit.signal_error;
  point.upper_limit = abcd.fit.upper_limit;
  point.expected_limit = abcd.fit.expected_limit;
  point.evidence = abcd;
}

Judgement judge_evidence(const Abcd& abcd, const WorkingPoint& point, bool gate_failed) {
  return judge_abcd(point.z, abcd.no_numbers.empty(), has_empty_control(abcd.counts), gate_failed);
}

}  // namespace eddy::search
