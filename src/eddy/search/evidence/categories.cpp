#include <eddy/search/finding.hpp>

namespace eddy::search {

void set_numbers(WorkingPoint& point, const CategorySearch& search) {
  const stats::CombinedPoint& best = search.scan.points[search.scan.best];
  point.observed = static_cast<double>(search.n_preselected);
  point.p_value = best.fisher.p.value;
  point.z = best.fisher.z.z;
  point.true_signal = search.n_true_signal;
  point.evidence = search;
}

Judgement judge_evidence(const CategorySearch& search, const WorkingPoint& point, bool /*gate_failed*/) {
  return judge_categories(point.z, search.goodness_of_fit, search.unlikely_bin.has_value());
}

}  // namespace eddy::search
