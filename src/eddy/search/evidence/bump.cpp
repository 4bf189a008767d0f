#include <eddy/search/finding.hpp>
#include <eddy/stats/counting.hpp>

namespace eddy::search {

void set_numbers(WorkingPoint& point, const BumpHunt& hunt) {
  point.observed = hunt.observed;
  if (hunt.prediction) {
    point.predicted = hunt.prediction->total;
    point.predicted_error = hunt.prediction->total_error;
    point.s_over_sqrt_b = stats::s_over_sqrt_b(hunt.observed, hunt.prediction->total);
  }
  if (hunt.signal) {
    point.p_value = hunt.signal->p_value;
    point.z = hunt.signal->z;
    point.strength = hunt.signal->strength;
    point.strength_error = hunt.signal->strength_error;
    point.upper_limit = hunt.signal->limit.observed;
    point.expected_limit = hunt.signal->limit.expected;
  }
  point.evidence = hunt;
}

Judgement judge_evidence(const BumpHunt& hunt, const WorkingPoint& point, bool /*gate_failed*/) {
  return judge_bump(point.z, goodness_of_fit(hunt), hunt.unlikely_bin.has_value(), point.predicted_error,
                    point.observed);
}

}  // namespace eddy::search
