#include <eddy/base/json.hpp>
#include <eddy/report/evidence/evidence_result.hpp>
#include <eddy/report/result_parts.hpp>

namespace eddy::report {

Json point_numbers_json(const search::WorkingPoint& point) {
  Json json = {{"efficiency", number_or_null(point.efficiency)},
               {"realised_efficiency", number_or_null(point.realised_efficiency)},
               {"threshold", numbers_or_null(point.thresholds)},
               {"observed", number_or_null(point.observed)},
               {"observed_interval", poisson_interval_json(point.observed)},
               {"predicted", number_or_null(point.predicted)},
               {"predicted_error", number_or_null(point.predicted_error)},
               {"s_over_sqrt_b", number_or_null(point.s_over_sqrt_b)},
               {"p_value", number_or_null(point.p_value)},
               {"z", number_or_null(point.z)},
               {"strength", number_or_null(point.strength)},
               {"strength_error", number_or_null(point.strength_error)},
               {"upper_limit", number_or_null(point.upper_limit)},
               {"expected_upper_limit", expected_limit_json(point.expected_limit)}};
  if (point.true_background) {
    json["true_background"] = number_or_null(*point.true_background);
  }
  if (point.true_signal) {
    json["true_signal"] = number_or_null(*point.true_signal);
  }
  return json;
}

}  // namespace eddy::report
