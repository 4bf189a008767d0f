#include <eddy/search/evidence/bump.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/stats/counting.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {

void set_numbers(WorkingPoint& point, const BumpHunt& hunt) {
  point.observed = hunt.observed;
  // Nothing of a fit that was made before stays where this one failed.
  const WorkingPoint nothing;
  point.predicted = hunt.prediction ? hunt.prediction->total : nothing.predicted;
  point.predicted_error = hunt.prediction ? hunt.prediction->total_error : nothing.predicted_error;
  point.s_over_sqrt_b =
      hunt.prediction ? stats::s_over_sqrt_b(hunt.observed, hunt.prediction->total) : nothing.s_over_sqrt_b;
  const stats::BumpSignal* signal = hunt.signal ? &*hunt.signal : nullptr;
  point.p_value = signal != nullptr ? signal->p_value : nothing.p_value;
  point.z = signal != nullptr ? signal->z : nothing.z;
  point.strength = signal != nullptr ? signal->strength : nothing.strength;
  point.strength_error = signal != nullptr ? signal->strength_error : nothing.strength_error;
  point.upper_limit = signal != nullptr ? signal->limit.observed : nothing.upper_limit;
  point.expected_limit = signal != nullptr ? signal->limit.expected : nothing.expected_limit;
  point.evidence = hunt;
}

void warn_of_failures(const WorkingPoint& point, std::vector<std::string>& warnings) {
  const auto* hunt = std::get_if<BumpHunt>(&point.evidence);
  for (const std::string& failure : hunt != nullptr ? hunt->failures : std::vector<std::string>{}) {
    const std::string warning = fmt::format("at efficiency {}: {}", point.efficiency, failure);
    if (std::ranges::count(warnings, warning) == 0) {
      warnings.push_back(warning);
    }
  }
}

Judgement judge_evidence(const BumpHunt& hunt, const WorkingPoint& point, bool /*gate_failed*/) {
  return judge_bump(point.z, goodness_of_fit(hunt), hunt.unlikely_bin.has_value(), point.predicted_error,
                    point.observed);
}

}  // namespace eddy::search
