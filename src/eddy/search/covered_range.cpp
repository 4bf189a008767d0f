#include <eddy/search/covered_range.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

constexpr double kUnlikely = 6.907755278982137;  // -ln 0.001: expected events that are missing with 0.1 %

constexpr double kMostSteps = 2;  // beyond the outermost mass that the two before it can speak of

/// Events expected within `steps` beyond the outermost mass: `n_last` stand in the last step before it, `n_before` in
/// the one before; the density goes on to fall by their ratio, one event more in its denominator, but does not rise.
double expected_beyond(double n_last, double n_before, double steps) {
  const double ratio = std::min(1.0, n_last / (n_before + 1));
  constexpr double kFlat = 1 - 1e-9;
  const double reach = std::min(steps, kMostSteps);
  return ratio < kFlat ? n_last * ratio * (1 - std::pow(ratio, reach)) / (1 - ratio) : n_last * reach;
}

/// Whether `masses` stop at `end`, `direction` (1: the largest, -1: the smallest) away from the others, before
/// `border`.
bool is_cut_off(std::span<const float> masses, double end, double border, double direction, double width) {
  const double gap = direction * (border - end);
  if (!(gap > 0)) {
    return false;
  }
  double n_last = -1;  // the outermost mass itself is always there
  double n_before = 0;
  for (const float mass : masses) {
    const double inwards = direction * (end - double{mass});
    n_last += inwards < width ? 1 : 0;
    n_before += inwards >= width && inwards < 2 * width ? 1 : 0;
  }
  return expected_beyond(n_last, n_before, gap / width) > kUnlikely;
}

}  // namespace

stats::MassWindow covered_range(std::span<const float> masses, stats::MassWindow range, double width) {
  if (masses.empty()) {
    return range;
  }
  const auto [low, high] = std::ranges::minmax(masses);
  return {is_cut_off(masses, low, range.low, -1, width) ? double{low} : range.low,
          is_cut_off(masses, high, range.high, 1, width) ? double{high} : range.high};
}

std::vector<double> covered_edges(std::vector<double> edges, stats::MassWindow covered) {
  std::erase_if(edges, [&](double edge) { return edge < covered.low || edge > covered.high; });
  return edges;
}

}  // namespace eddy::search
