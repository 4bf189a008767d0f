// The bins of a bump hunt: bump_hunt_edges of bump_hunt.hpp.

#include <eddy/base/error.hpp>
#include <eddy/search/bump_background.hpp>
#include <eddy/search/covered_range.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace eddy::search {
namespace {

using base::InputError;

constexpr double kMaxBins = 10000;
constexpr double kGoodFit = 0.1;  // goodness of fit at which no higher beginning of the fit is tried
constexpr double kFallSigma = 3;  // the spectrum falls from its first bin this near to the fullest one on
constexpr std::size_t kMaxTries = 20;

/// Equal bins in the window, bins of nearly the same width outwards from it.
struct Grid {
  stats::MassWindow window;
  double width = 0;          // of a bin outside
  std::size_t n_inside = 0;  // bins of the window

  [[nodiscard]] double below(std::size_t k) const { return window.low - width * static_cast<double>(k); }
  [[nodiscard]] double above(std::size_t k) const { return window.high + width * static_cast<double>(k); }
};

void require_window(stats::MassWindow window) {
  if (!std::isfinite(window.low) || !std::isfinite(window.high) || !(window.low < window.high)) {
    throw InputError(
        fmt::format("a bump hunt needs a signal region between two masses but it reaches from {} to {}: give it a "
                    "lower and an upper border",
                    window.low, window.high));
  }
}

Grid make_grid(stats::MassWindow window, const BumpHuntSettings& settings) {
  require_window(window);
  if (!(settings.bin_width >= 0) || std::isinf(settings.bin_width)) {
    throw InputError(
        fmt::format("[bump_hunt] bin_width is {}: give a mass above 0, or 0 for a quarter of the signal "
                    "region",
                    settings.bin_width));
  }
  const double size = window.high - window.low;
  const double width = settings.bin_width > 0 ? settings.bin_width : size / 4;
  const double n_inside = std::max(1.0, std::round(size / width));
  if (n_inside > kMaxBins) {
    throw InputError(
        fmt::format("[bump_hunt] bin_width = {} divides the signal region into {:.0f} bins: choose wider "
                    "bins",
                    width, n_inside));
  }
  return {window, width, static_cast<std::size_t>(n_inside)};
}

/// Number of bins of the grid in `distance`, rounded down but for rounding errors.
std::size_t full_bins(const Grid& grid, double distance) {
  const double n = std::floor(distance / grid.width * (1 + 1e-12));
  if (n > kMaxBins) {
    throw InputError(
        fmt::format("bins of {} divide the masses up to {} away from the signal region into {:.0f} bins: set bin_width "
                    "or a range in [bump_hunt], or remove the outliers",
                    grid.width, distance, n));
  }
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

/// Edges of `n_below` full bins below the window, those inside, and `n_above` above it.
std::vector<double> edges_of(const Grid& grid, std::size_t n_below, std::size_t n_above) {
  std::vector<double> edges;
  for (std::size_t k = n_below; k > 0; --k) {
    edges.push_back(grid.below(k));
  }
  const double size = grid.window.high - grid.window.low;
  for (std::size_t i = 0; i < grid.n_inside; ++i) {
    edges.push_back(grid.window.low + size * static_cast<double>(i) / static_cast<double>(grid.n_inside));
  }
  for (std::size_t k = 0; k <= n_above; ++k) {
    edges.push_back(grid.above(k));
  }
  return edges;
}

void require_range(const std::vector<double>& range, stats::MassWindow window) {
  const bool usable = range.size() == 2 && std::isfinite(range[0]) && std::isfinite(range[1]) && range[0] < range[1];
  if (!usable) {
    throw InputError(
        fmt::format("[bump_hunt] range = [{}] is no interval: give the lowest and the highest mass of the "
                    "fit",
                    fmt::join(range, ", ")));
  }
  if (!(range[0] < window.low && window.high < range[1])) {
    throw InputError(fmt::format(
        "[bump_hunt] range = [{}] leaves no sideband below or above the signal region {} to {}: widen it on "
        "both sides",
        fmt::join(range, ", "), window.low, window.high));
  }
}

/// How many full bins there may be on both sides of the window.
struct Reach {
  std::size_t below = 0;
  std::size_t above = 0;
};

[[noreturn]] void fail_without_sideband(const Grid& grid, const char* side, const char* ends, float mass) {
  throw InputError(fmt::format(
      "the signal region {} to {} has no sideband {} it: the selected masses {} at {}, and no bin of {} lies between; "
      "loosen the selection, move the signal region, or set a smaller bin_width in [bump_hunt]",
      grid.window.low, grid.window.high, side, ends, mass, grid.width));
}

/// Bins beyond the selected masses say nothing about the background: a region at an edge has no sideband there.
void require_sidebands(const Grid& grid, const Reach& reach, std::span<const float> masses) {
  if (reach.below == 0) {
    fail_without_sideband(grid, "below", "begin", std::ranges::min(masses));
  }
  if (reach.above == 0) {
    fail_without_sideband(grid, "above", "end", std::ranges::max(masses));
  }
}

/// The range without what lies beyond the selected masses: up to the last border of the grid inside them.
std::vector<double> range_inside(const Grid& grid, std::span<const float> masses, const std::vector<double>& range) {
  const stats::MassWindow covered = covered_range(masses, {range[0], range[1]}, grid.width);
  std::vector<double> inside = range;
  Reach reach{1, 1};
  if (covered.low > range[0]) {
    reach.below = full_bins(grid, std::max(0.0, grid.window.low - covered.low));
    inside[0] = grid.below(reach.below);
  }
  if (covered.high < range[1]) {
    reach.above = full_bins(grid, std::max(0.0, covered.high - grid.window.high));
    inside[1] = grid.above(reach.above);
  }
  require_sidebands(grid, reach, masses);
  return inside;
}

/// Edges between the borders of a range that the user chose: what is left of a bin there is one of its own if it has
/// half the width, and else joins its neighbour.
std::vector<double> edges_of_range(const Grid& grid, const std::vector<double>& range) {
  const double half = grid.width / 2;
  std::vector<double> edges = edges_of(grid, full_bins(grid, std::max(0.0, grid.window.low - range[0] - half)),
                                       full_bins(grid, std::max(0.0, range[1] - grid.window.high - half)));
  edges.insert(edges.begin(), range[0]);
  edges.push_back(range[1]);
  return edges;
}

/// The bins of the smallest and of the largest mass, which the spectrum may fill in part only, are left out; the latter
/// also because a range that ends at an event, and counts it, holds too many events at its end. One width of the window
/// at least on a side where the spectrum thins out by itself. A dijet function ends at 0 and sqrt(s).
Reach reach_of(const Grid& grid, std::span<const float> masses, const BumpHuntSettings& settings) {
  Reach reach{grid.n_inside, grid.n_inside};
  if (!masses.empty()) {
    const auto [low, high] = std::ranges::minmax(masses);
    const stats::MassWindow wanted{grid.below(grid.n_inside), grid.above(grid.n_inside)};
    const stats::MassWindow covered = covered_range(masses, wanted, grid.width);
    reach.below = covered.low > wanted.low ? 0 : grid.n_inside;
    reach.above = covered.high < wanted.high ? 0 : grid.n_inside;
    reach.below = std::max(reach.below, full_bins(grid, grid.window.low - static_cast<double>(low)));
    reach.above = std::max(reach.above, full_bins(grid, static_cast<double>(high) - grid.window.high));
    require_sidebands(grid, reach, masses);
  }
  if (settings.shape == "dijet") {
    while (reach.below > 1 && grid.below(reach.below) <= 0) {
      --reach.below;
    }
    while (reach.above > 1 && grid.above(reach.above) >= settings.sqrt_s) {
      --reach.above;
    }
  }
  return reach;
}

/// First bin whose count is as large as that of the fullest bin of the first `n_bins`, within statistical errors.
std::size_t first_full_bin(const std::vector<double>& counts, std::size_t n_bins) {
  const auto end = counts.begin() + static_cast<std::ptrdiff_t>(n_bins);
  const double fullest = *std::max_element(counts.begin(), end);
  const double enough = std::max(fullest - kFallSigma * std::sqrt(fullest), fullest / 2);
  const auto first = std::find_if(counts.begin(), end, [&](double count) { return count >= enough; });
  return static_cast<std::size_t>(first - counts.begin());
}

/// Goodness of fit in the sidebands; 0 where there is no fit.
double goodness(const stats::MassHistogram& histogram, stats::MassWindow window, const BumpHuntSettings& settings) {
  try {
    const stats::MassHistogram merged = merge_sparse_bins(histogram, window, settings.min_bin_events);
    return chosen_quality(choose_background(merged, window, settings)).goodness_of_fit;
  } catch (const base::NumericError&) {
    return 0;
  } catch (const InputError&) {  // no events in the sidebands
    return 0;
  }
}

stats::MassHistogram without_first(const stats::MassHistogram& histogram, std::size_t n) {
  const auto offset = static_cast<std::ptrdiff_t>(n);
  return {{histogram.edges.begin() + offset, histogram.edges.end()},
          {histogram.counts.begin() + offset, histogram.counts.end()}};
}

/// Number of bins at the low end to leave out, `last` at most: the fewest with a good fit, else those of the best one.
std::size_t bins_to_leave_out(const stats::MassHistogram& histogram, stats::MassWindow window,
                              const BumpHuntSettings& settings, std::size_t last) {
  const std::size_t first = settings.shape == "dijet" ? first_full_bin(histogram.counts, last + 1) : 0;
  const std::size_t step = (last - first) / kMaxTries + 1;
  std::size_t best = first;
  double best_goodness = -1;
  for (std::size_t n = first; n <= last && best_goodness < kGoodFit; n += step) {
    const double value = goodness(without_first(histogram, n), window, settings);
    if (value > best_goodness) {
      best = n;
      best_goodness = value;
    }
  }
  return best;
}

std::vector<double> edges_of_spectrum(const Grid& grid, std::span<const float> masses,
                                      const BumpHuntSettings& settings) {
  const Reach reach = reach_of(grid, masses, settings);
  std::vector<double> edges = edges_of(grid, reach.below, reach.above);
  require_background(settings, edges.front(), edges.back());
  const stats::MassHistogram histogram = stats::fill_histogram(edges, {masses.begin(), masses.end()});
  const std::size_t n_left_out =
      bins_to_leave_out(histogram, grid.window, settings, reach.below - std::min(reach.below, grid.n_inside));
  edges.erase(edges.begin(), edges.begin() + static_cast<std::ptrdiff_t>(n_left_out));
  return edges;
}

}  // namespace

std::vector<double> bump_hunt_edges(std::span<const float> masses, stats::MassWindow window,
                                    const BumpHuntSettings& settings) {
  const Grid grid = make_grid(window, settings);
  if (settings.range.empty()) {
    return edges_of_spectrum(grid, masses, settings);
  }
  require_range(settings.range, grid.window);
  std::vector<double> edges =
      edges_of_range(grid, settings.range_is_covered ? settings.range : range_inside(grid, masses, settings.range));
  require_background(settings, edges.front(), edges.back());
  return edges;
}

}  // namespace eddy::search
