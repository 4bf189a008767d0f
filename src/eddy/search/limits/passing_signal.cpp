#include <eddy/base/json.hpp>
#include <eddy/search/limits/passing_signal.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

bool is_usable(const stats::PassingSignal& signal) {
  return std::isfinite(signal.fitted) && std::isfinite(signal.error) && std::isfinite(signal.upper_limit) &&
         signal.error > 0 && signal.upper_limit > signal.fitted;
}

stats::PassingSignal scaled(stats::PassingSignal signal, double factor) {
  return {signal.fitted * factor, signal.error * factor, signal.upper_limit * factor};
}

/// A count against a prediction: that of at least one event fluctuates.
stats::PassingSignal counted(const WorkingPoint& point) {
  return {.fitted = point.observed - point.predicted,
          .error = std::hypot(point.predicted_error, std::sqrt(std::max(point.observed, 1.0))),
          .upper_limit = point.upper_limit};
}

}  // namespace

double region_fraction(const WorkingPoint& point) {
  const auto* hunt = std::get_if<BumpHunt>(&point.evidence);
  if (hunt == nullptr || hunt->signal_template.empty()) {
    return 1;
  }
  const auto begin = hunt->signal_template.begin();
  return std::accumulate(begin + static_cast<std::ptrdiff_t>(hunt->signal_bins.first),
                         begin + static_cast<std::ptrdiff_t>(hunt->signal_bins.last), 0.0);
}

std::optional<stats::PassingSignal> passing_signal(const WorkingPoint& point) {
  const stats::PassingSignal fitted{point.strength, point.strength_error, point.upper_limit};
  const stats::PassingSignal signal =
      std::isfinite(point.strength) ? scaled(fitted, region_fraction(point)) : counted(point);
  return is_usable(signal) ? std::optional(signal) : std::nullopt;
}

base::Json signal_json(const std::optional<stats::PassingSignal>& signal) {
  if (!signal) {
    return nullptr;
  }
  return {{"fitted", signal->fitted}, {"error", signal->error}, {"upper_limit", signal->upper_limit}};
}

std::optional<stats::PassingSignal> signal_of(const base::Json& json) {
  if (json.is_null()) {
    return std::nullopt;
  }
  return stats::PassingSignal{json.at("fitted"), json.at("error"), json.at("upper_limit")};
}

std::optional<stats::PassingSignal> expected_passing_signal(const WorkingPoint& point, std::size_t band) {
  const double limit = point.expected_limit.at(band) * region_fraction(point);
  if (!(std::isfinite(limit) && limit > 0)) {
    return std::nullopt;
  }
  const stats::PassingSignal signal = stats::expected_signal(limit, stats::kBands.at(band));
  return is_usable(signal) ? std::optional(signal) : std::nullopt;
}

}  // namespace eddy::search
