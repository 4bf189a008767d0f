#include <eddy/search/finding.hpp>
#include <eddy/stats/combination.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {

void set_numbers(WorkingPoint& point, const CategorySearch& search) {
  const stats::CombinedPoint& best = search.scan.points[search.scan.best];
  point.observed = static_cast<double>(search.n_preselected);
  point.p_value = best.fisher.p.value;
  point.z = best.fisher.z.z;
  point.true_signal = search.n_true_signal;
  point.evidence = search;
}

double global_z(const CategorySearch& search) {
  const stats::CategoryScan& scan = search.scan;
  // Any of n masses is as significant by chance at most n times as often as one; no excess is 0.
  const double log_bound =
      stats::log_p_value(scan.points[scan.best].fisher.z) + std::log(static_cast<double>(scan.points.size()));
  const double bound = stats::significance_of_log(std::min(log_bound, std::log(0.5))).z;
  if (scan.n_toys == 0) {
    return bound;
  }
  if (is_bound(scan.global_p_value, scan.n_toys)) {
    return std::max(scan.global_z, bound);
  }
  return std::isfinite(scan.global_z) ? scan.global_z : 0;  // all of them reach it
}

Judgement judge_evidence(const CategorySearch& search, const WorkingPoint& point, bool /*gate_failed*/) {
  return judge_categories(point.z, search.goodness_of_fit, search.unlikely_bin.has_value());
}

}  // namespace eddy::search
