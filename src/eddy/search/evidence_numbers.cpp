#include <eddy/search/evidence_numbers.hpp>
#include <eddy/stats/abcd.hpp>
#include <eddy/stats/counting.hpp>

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

void set_numbers(WorkingPoint& point, const CategorySearch& search) {
  const stats::CombinedPoint& best = search.scan.points[search.scan.best];
  point.observed = static_cast<double>(search.n_preselected);
  point.p_value = best.fisher.p.value;
  point.z = best.fisher.z.z;
  point.true_signal = search.n_true_signal;
  point.evidence = search;
}

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

}  // namespace eddy::search
