#include <eddy/base/error.hpp>
#include <eddy/search/limits/cut_limit.hpp>
#include <eddy/search/limits/passing_signal.hpp>
#include <eddy/search/limits/signal_impacts.hpp>
#include <eddy/search/limits/signal_response.hpp>
#include <eddy/stats/intervals.hpp>
#include <eddy/stats/spread_of_one_more.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace eddy::search {
namespace {

constexpr double kOneMinusLevel = 0.05;  // of limits at 95 %: there the spread must be right

/// Efficiencies of the searches at one strength.
struct Repetitions {
  double strength = 0;
  std::vector<double> efficiency = {};
  [[nodiscard]] double mean() const {
    return std::accumulate(efficiency.begin(), efficiency.end(), 0.0) / static_cast<double>(efficiency.size());
  }
  [[nodiscard]] double squares() const {
    double sum = 0;
    for (const double value : efficiency) {
      sum += (value - mean()) * (value - mean());
    }
    return sum;
  }
};

std::vector<Repetitions> by_strength(const std::vector<Injection>& injections, std::size_t cut) {
  std::map<double, Repetitions> at;
  for (const Injection& injection : injections) {
    if (cut < injection.cuts.size()) {
      Repetitions& repetitions = at[injection.strength];
      repetitions.strength = injection.strength;
      repetitions.efficiency.push_back(injection.cuts[cut].efficiency);
    }
  }
  std::vector<Repetitions> all;
  for (const auto& [strength, repetitions] : at) {
    if (repetitions.efficiency.size() >= 2) {
      all.push_back(repetitions);
    }
  }
  return all;
}

/// Standard deviation of one search at strength `i`: of the repetitions there and at its neighbours.
double pooled_spread(const std::vector<Repetitions>& all, std::size_t i) {
  double squares = 0;
  double freedom = 0;
  for (std::size_t j = i > 0 ? i - 1 : 0; j < std::min(i + 2, all.size()); ++j) {
    squares += all[j].squares();
    freedom += static_cast<double>(all[j].efficiency.size() - 1);
  }
  return stats::spread_of_one_more(squares / freedom, freedom, static_cast<double>(all[i].efficiency.size()),
                                   kOneMinusLevel);
}

/// The error of the response is one of what passes.
stats::EfficiencyCurve curve_of(std::vector<stats::EfficiencyKnot> knots, const SignalResponse& response) {
  for (stats::EfficiencyKnot& knot : knots) {
    knot.spread = std::hypot(knot.spread, knot.efficiency * response.slope_error / response.slope);
  }
  return stats::EfficiencyCurve(std::move(knots));
}

NoLimit reason(const CutLimit& cut, const std::optional<stats::PassingSignal>& signal) {
  constexpr double kLeastResponse = 0.2;
  if (!signal) {
    return NoLimit::kNoFit;
  }
  if (cut.knots.size() < 2 || cut.knots.front().strength != 0) {
    return NoLimit::kNoInjection;
  }
  return cut.response.slope < kLeastResponse ? NoLimit::kNoResponse : NoLimit::kNone;
}

void add_nulls(const stats::EfficiencyCurve& curve, const std::vector<std::optional<stats::PassingSignal>>& nulls,
               CutLimit& cut) {
  std::vector<std::optional<double>> limits;
  for (const std::optional<stats::PassingSignal>& signal : nulls) {
    if (signal) {
      limits.push_back(stats::upper_limit(curve, without_response(*signal, cut.response)));
    }
  }
  cut.n_nulls = limits.size();
  cut.expected_of_nulls = quantiles_of(std::move(limits));
}

}  // namespace

std::vector<stats::EfficiencyKnot> efficiency_knots(const std::vector<Injection>& injections, std::size_t cut) {
  const std::vector<Repetitions> all = by_strength(injections, cut);
  std::vector<stats::EfficiencyKnot> knots;
  for (std::size_t i = 0; i < all.size(); ++i) {
    knots.push_back({all[i].strength, all[i].mean(), pooled_spread(all, i)});
  }
  return knots;
}

ExpectedLimits quantiles_of(std::vector<std::optional<double>> limits) {
  ExpectedLimits quantiles;
  std::ranges::sort(limits, [](const auto& a, const auto& b) { return a && (!b || *a < *b); });
  const auto n = static_cast<double>(limits.size());
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    const double above = stats::to_p_value({stats::kBands[i]}).value;
    if (std::min(above, 1 - above) * n >= 1) {
      quantiles[i] = limits[static_cast<std::size_t>((1 - above) * n)];
    }
  }
  return quantiles;
}

CutLimit limit_at_cut(const WorkingPoint& point, std::size_t cut, const std::vector<Injection>& injections,
                      const std::vector<std::optional<stats::PassingSignal>>& nulls) {
  CutLimit limit{.efficiency = point.efficiency,
                 .knots = efficiency_knots(injections, cut),
                 .response = signal_response(injections, cut)};
  const std::optional<stats::PassingSignal> signal = passing_signal(point);
  limit.why = reason(limit, signal);
  if (limit.why != NoLimit::kNone) {
    return limit;
  }
  limit.signal = without_response(*signal, limit.response);
  const stats::EfficiencyCurve curve = curve_of(limit.knots, limit.response);
  limit.observed = stats::upper_limit(curve, *limit.signal);
  limit.why = limit.observed ? NoLimit::kNone : NoLimit::kNotExcluded;
  limit.interval = stats::strength_interval(curve, *limit.signal);
  limit.impacts = signal_impacts(point, limit.response);
  for (std::size_t i = 0; i < limit.expected.size(); ++i) {
    if (const auto expected = expected_passing_signal(point, i); expected) {
      limit.expected[i] = stats::upper_limit(curve, without_response(*expected, limit.response));
    }
  }
  add_nulls(curve, nulls, limit);
  return limit;
}

}  // namespace eddy::search
