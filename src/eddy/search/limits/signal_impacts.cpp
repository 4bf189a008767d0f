#include <eddy/base/error.hpp>
#include <eddy/search/limits/passing_signal.hpp>
#include <eddy/search/limits/signal_impacts.hpp>
#include <eddy/stats/abcd_impacts.hpp>
#include <eddy/stats/bump_impacts.hpp>

#include <variant>

namespace eddy::search {
namespace {

std::vector<stats::Impact> impacts_in_fit(const WorkingPoint& point) {
  if (const auto* abcd = std::get_if<Abcd>(&point.evidence)) {
    return stats::abcd_impacts(abcd->counts, abcd->model);
  }
  const auto* hunt = std::get_if<BumpHunt>(&point.evidence);
  if (hunt == nullptr || !hunt->signal || !hunt->background_shape) {
    return {};
  }
  return stats::bump_impacts(hunt->spectrum, *hunt->background_shape, hunt->signal_template, hunt->nuisances);
}

}  // namespace

std::vector<stats::Impact> signal_impacts(const WorkingPoint& point, const SignalResponse& response) {
  try {
    std::vector<stats::Impact> impacts = impacts_in_fit(point);
    const double events = region_fraction(point) / response.slope;
    for (stats::Impact& impact : impacts) {
      impact.low *= events;
      impact.high *= events;
    }
    return impacts;
  } catch (const base::NumericError&) {
    return {};
  }
}

}  // namespace eddy::search
