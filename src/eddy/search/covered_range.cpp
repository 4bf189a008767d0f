#include <eddy/search/covered_range.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace eddy::search {
namespace {

constexpr double kUnlikely = 6.907755278982137;  // -ln 0.001: expected events that are missing with 0.1 %

constexpr double kMostSteps = 2;  // beyond the outermost mass that those before it can speak of

constexpr double kErrors = 1.5;  // by which the ratio of the last two steps may be a fluctuation

/// Whether `masses` stop at `end`, `direction` (1: the largest, -1: the smallest) away from the others, before
/// `border`.
bool is_cut_off(std::span<const float> masses, double end, double border, double direction, double width) {
  const double gap = direction * (border - end);
  if (!(gap > 0)) {
    return false;
  }
  Steps n{-1};  // the outermost mass itself is always there
  for (const float mass : masses) {
    const double step = std::floor(direction * (end - double{mass}) / width);
    if (step < static_cast<double>(n.size())) {
      ++n[static_cast<std::size_t>(step)];
    }
  }
  return least_expected_beyond(n, std::min(gap / width, kMostSteps)) > kUnlikely;
}

}  // namespace

double least_expected_beyond(const Steps& n, double reach) {
  if (n[0] < 1) {
    return 0;
  }
  const double last_ratio = std::min(1.0, n[0] / (n[1] + 1));
  const double ratio_before = std::min(1.0, (n[1] + 1) / (n[2] + 1));
  const double bend = std::min(1.0, last_ratio / ratio_before);
  const double relative_error = std::sqrt(1 / n[0] + 1 / (n[1] + 1));
  const double ratio = last_ratio * bend * std::exp(-kErrors * relative_error);
  constexpr double kFlat = 1 - 1e-9;
  return ratio < kFlat ? n[0] * ratio * (1 - std::pow(ratio, reach)) / (1 - ratio) : n[0] * reach;
}

stats::MassWindow covered_range(std::span<const float> masses, stats::MassWindow range, double width) {
  if (masses.empty()) {
    return range;
  }
  const auto [low, high] = std::ranges::minmax(masses);
  return {is_cut_off(masses, low, range.low, -1, width) ? double{low} : range.low,
          is_cut_off(masses, high, range.high, 1, width) ? double{high} : range.high};
}

}  // namespace eddy::search
