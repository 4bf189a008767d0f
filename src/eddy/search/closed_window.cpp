#include <eddy/events/events.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/search/closed_window.hpp>
#include <eddy/search/signal_window.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace eddy::search {
namespace {

/// Whether the region holds at each of `masses`.
std::vector<bool> holds_at(const events::Expression& region, std::vector<float> masses) {
  events::Events events;
  events.add({region.variables().front(), "", std::move(masses)});
  std::vector<bool> holds;
  for (const events::Truth truth : region.evaluate_condition(events)) {
    holds.push_back(truth == events::Truth::kTrue);
  }
  return holds;
}

float between(float a, float b) { return a + (b - a) / 2; }

/// The neighbouring numbers between `outside` and `inside` where the region begins: the last outside, the first inside.
std::pair<float, float> border(const events::Expression& region, float outside, float inside) {
  for (float middle = between(outside, inside); middle != outside && middle != inside;
       middle = between(outside, inside)) {
    (holds_at(region, {middle}).front() ? inside : outside) = middle;
  }
  return {outside, inside};
}

/// The roundest number from `low` on: "mjj > 3300" begins at 3300, although that is not inside.
double roundest_from(float low, float high) {
  return roundest_between(std::nextafter(double{low}, -std::numeric_limits<double>::infinity()), high);
}

struct Space {
  float low = 0;
  float high = 0;
};

/// The space between two neighbouring masses in whose middle the region holds; nothing where that is none, or several.
std::optional<Space> space_of(const events::Expression& region, std::span<const float> masses) {
  std::vector<float> sorted(masses.begin(), masses.end());
  std::ranges::sort(sorted);
  sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
  std::vector<float> middles;
  for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
    middles.push_back(between(sorted[i], sorted[i + 1]));
  }
  const std::vector<bool> holds = holds_at(region, std::move(middles));
  if (std::ranges::count(holds, true) != 1) {
    return std::nullopt;
  }
  const auto i = static_cast<std::size_t>(std::ranges::find(holds, true) - holds.begin());
  return Space{sorted[i], sorted[i + 1]};
}

}  // namespace

std::optional<stats::MassWindow> closed_window(const SearchConfig& config, std::span<const float> masses) {
  if (config.regions.signal.empty() || config.features.context.empty()) {
    return std::nullopt;
  }
  const events::Expression region(config.regions.signal);
  if (region.variables() != std::vector{config.features.context.front()}) {
    return std::nullopt;
  }
  const std::optional<Space> space = space_of(region, masses);
  if (!space) {
    return std::nullopt;
  }
  const float inside = between(space->low, space->high);
  const auto [below, first] = border(region, space->low, inside);
  const auto [above, last] = border(region, space->high, inside);
  return stats::MassWindow{roundest_from(below, first), roundest_from(last, above)};
}

}  // namespace eddy::search
