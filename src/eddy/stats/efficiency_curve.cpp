#include <eddy/base/error.hpp>
#include <eddy/stats/efficiency_curve.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eddy::stats {
namespace {

void require_knots(const std::vector<EfficiencyKnot>& knots) {
  if (knots.size() < 2 || knots.front().strength != 0) {
    throw base::InputError(
        fmt::format("a curve of efficiencies needs two amounts of signal, the first of them 0, and has {}{}",
                    knots.size(), knots.empty() ? "" : fmt::format(" from {} on", knots.front().strength)));
  }
  for (std::size_t i = 0; i < knots.size(); ++i) {
    const EfficiencyKnot& knot = knots[i];
    const bool rises = i == 0 || knot.strength > knots[i - 1].strength;
    const bool is_usable = std::isfinite(knot.strength) && knot.efficiency >= 0 && knot.efficiency <= 1 &&
                           knot.spread >= 0 && std::isfinite(knot.spread);
    if (!rises || !is_usable) {
      throw base::InputError(
          fmt::format("an efficiency of {} ± {} at {} signal events, point {} of a curve, cannot be used: amounts must "
                      "rise, and efficiencies lie in [0, 1]",
                      knot.efficiency, knot.spread, knot.strength, i + 1));
    }
  }
}

}  // namespace

std::vector<double> isotonic(const std::vector<double>& values) {
  struct Pool {
    double sum = 0;
    std::size_t n = 0;
    [[nodiscard]] double mean() const { return sum / static_cast<double>(n); }
  };
  std::vector<Pool> pools;
  for (const double value : values) {
    pools.push_back({value, 1});
    while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back().sum += last.sum;
      pools.back().n += last.n;
    }
  }
  std::vector<double> fitted;
  for (const Pool& pool : pools) {
    fitted.insert(fitted.end(), pool.n, pool.mean());
  }
  return fitted;
}

EfficiencyCurve::EfficiencyCurve(std::vector<EfficiencyKnot> knots) : knots_(std::move(knots)) {
  require_knots(knots_);
  std::vector<double> passing;
  for (const EfficiencyKnot& knot : knots_) {
    passing.push_back(knot.strength * knot.efficiency);
  }
  const std::vector<double> rising = isotonic(passing);
  for (std::size_t i = 1; i < knots_.size(); ++i) {  // at strength 0 nothing passes, whatever the efficiency
    if (rising[i] != passing[i]) {
      knots_[i].efficiency = std::min(1.0, rising[i] / knots_[i].strength);
    }
  }
}

std::size_t EfficiencyCurve::segment_of(double strength) const {
  const auto above = std::ranges::upper_bound(knots_, strength, {}, &EfficiencyKnot::strength);
  const auto next = std::clamp<std::ptrdiff_t>(above - knots_.begin(), 1, std::ssize(knots_) - 1);
  return static_cast<std::size_t>(next) - 1;
}

double EfficiencyCurve::passing(double strength) const {
  const EfficiencyKnot& a = knots_[segment_of(strength)];
  const EfficiencyKnot& b = knots_[segment_of(strength) + 1];
  const double t = (strength - a.strength) / (b.strength - a.strength);
  if (b.efficiency >= a.efficiency) {
    return strength * std::lerp(a.efficiency, b.efficiency, t);
  }
  return std::lerp(a.strength * a.efficiency, b.strength * b.efficiency, t);
}

double EfficiencyCurve::spread(double strength) const {
  const EfficiencyKnot& a = knots_[segment_of(strength)];
  const EfficiencyKnot& b = knots_[segment_of(strength) + 1];
  return strength * std::lerp(a.spread, b.spread, (strength - a.strength) / (b.strength - a.strength));
}

}  // namespace eddy::stats
