#include <eddy/base/error.hpp>
#include <eddy/stats/abcd_impacts.hpp>
#include <eddy/stats/abcd_likelihood.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace eddy::stats {
namespace {

/// One of the regions beside A: its count, and the signal that leaks there.
struct RegionOfCounts {
  const char* name;
  double AbcdCounts::*count;
  double AbcdModel::*leakage;
};
constexpr RegionOfCounts kRegions[] = {{"B", &AbcdCounts::b, &AbcdModel::leakage_b},
                                       {"C", &AbcdCounts::c, &AbcdModel::leakage_c},
                                       {"D", &AbcdCounts::d, &AbcdModel::leakage_d}};

double signal_or_nan(const AbcdCounts& counts, const AbcdModel& model) {
  const bool has_solution = counts.b >= 0 && counts.c >= 0 && counts.d > 0;
  return (has_solution ? saturated_signal(counts, model) : std::nullopt)
      .value_or(std::numeric_limits<double>::quiet_NaN());
}

/// The signal where the background of `region` is fixed, whatever its count says.
double signal_with(const RegionOfCounts& region, double background, AbcdCounts counts, AbcdModel model) {
  counts.*region.count = background;
  model.*region.leakage = 0;
  return signal_or_nan(counts, model);
}

Impact impact_of(const RegionOfCounts& region, const AbcdCounts& counts, const AbcdModel& model, double signal) {
  const Interval interval = garwood(counts.*region.count);
  const double leaked = model.*region.leakage * signal;
  return {region.name, signal_with(region, std::max(0.0, interval.low - leaked), counts, model) - signal,
          signal_with(region, std::max(0.0, interval.high - leaked), counts, model) - signal};
}

Impact impact_of_closure(const AbcdCounts& counts, const AbcdModel& model, double signal) {
  const auto with = [&](double pull) {
    AbcdModel shifted = model;
    shifted.closure *= std::exp(pull * model.closure_error);
    return signal_or_nan(counts, shifted) - signal;
  };
  return {"closure", with(-1), with(1)};
}

}  // namespace

std::vector<Impact> abcd_impacts(const AbcdCounts& counts, const AbcdModel& model) {
  (void)predict_abcd(counts);  // throws for counts that cannot be
  const double signal = signal_or_nan(counts, model);
  if (!std::isfinite(signal)) {
    throw base::NumericError(
        fmt::format("no signal equals the counts {}, so that nothing can be said of what moves it", describe(counts)));
  }
  std::vector<Impact> impacts;
  for (const RegionOfCounts& region : kRegions) {
    impacts.push_back(impact_of(region, counts, model, signal));
  }
  if (model.closure_error > 0) {
    impacts.push_back(impact_of_closure(counts, model, signal));
  }
  std::ranges::stable_sort(impacts, std::ranges::greater{}, size_of);
  return impacts;
}

}  // namespace eddy::stats
