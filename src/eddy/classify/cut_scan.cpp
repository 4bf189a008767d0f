#include <eddy/base/error.hpp>
#include <eddy/classify/cut_scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <tuple>

namespace eddy::classify {
namespace {

constexpr float kNoLimit = std::numeric_limits<float>::infinity();

/// Limits of every dimension from loose to tight, the first one infinite. Losses of which larger is more signal-like
/// (dimension 0) are negated throughout this file, so that every cut reads "at most".
using CutGrid = std::vector<std::vector<float>>;

float oriented(float loss, std::size_t dimension) { return dimension == 0 ? -loss : loss; }

std::vector<float> oriented_column(base::MatrixView losses, std::size_t d) {
  std::vector<float> column(losses.rows);
  for (std::size_t i = 0; i < losses.rows; ++i) {
    column[i] = oriented(losses(i, d), d);
  }
  return column;
}

void require_dimensions(base::MatrixView losses, std::size_t n_dimensions, const char* what) {
  if (losses.cols != n_dimensions) {
    throw base::InputError(fmt::format("the {} events have {} losses where {} are cut on; give all events the same",
                                       what, losses.cols, n_dimensions));
  }
}

void require_losses(base::MatrixView losses, std::size_t n_dimensions, const char* what) {
  if (losses.rows == 0) {
    throw base::InputError(fmt::format("a scan of cuts needs {0} events but got 0; check the {0} selection", what));
  }
  require_dimensions(losses, n_dimensions, what);
  for (std::size_t i = 0; i < losses.rows; ++i) {
    for (std::size_t d = 0; d < losses.cols; ++d) {
      if (std::isnan(losses(i, d))) {
        throw base::InputError(
            fmt::format("loss {} of {} event {} is NaN; check the features it was computed from", d, what, i));
      }
    }
  }
}

void require_few_cuts(std::size_t n_dimensions, std::int64_t n_values) {
  const double n_cuts = std::pow(static_cast<double>(n_values) + 1, static_cast<double>(n_dimensions));
  if (n_values < 1 || n_cuts > static_cast<double>(kMaxCuts)) {
    throw base::InputError(
        fmt::format("a scan of {} values in each of {} dimensions has {:.3g} cuts where 1 to {} are possible; take "
                    "another number of values, or train a classifier on the losses",
                    n_values, n_dimensions, n_cuts, kMaxCuts));
  }
}

/// Values at evenly spaced quantiles of two samples that weigh equally, ascending and distinct.
std::vector<float> pooled_quantiles(const std::vector<float>& a, const std::vector<float>& b, std::size_t n) {
  std::vector<std::pair<float, double>> weighted;
  for (const auto* sample : {&a, &b}) {
    for (const float value : *sample) {
      weighted.emplace_back(value, 0.5 / static_cast<double>(sample->size()));
    }
  }
  std::ranges::sort(weighted);
  std::vector<float> quantiles;
  double below = 0;
  std::size_t passed = 0;
  for (const auto& [value, weight] : weighted) {
    below += weight;
    const auto reached = static_cast<std::size_t>(below * static_cast<double>(n + 1));
    const bool is_new = quantiles.empty() || value > quantiles.back();
    if (reached > passed && passed < n && is_new) {
      quantiles.push_back(value);
    }
    passed = std::max(passed, reached);
  }
  return quantiles;
}

CutGrid quantile_grid(base::MatrixView background, base::MatrixView signal, std::size_t n_values) {
  CutGrid grid;
  for (std::size_t d = 0; d < background.cols; ++d) {
    std::vector<float> limits = pooled_quantiles(oriented_column(background, d), oriented_column(signal, d), n_values);
    limits.push_back(kNoLimit);
    std::ranges::reverse(limits);
    grid.push_back(std::move(limits));
  }
  return grid;
}

/// The limits that occur in `cuts`, as a grid.
CutGrid grid_of(const std::vector<CutPoint>& cuts, std::size_t n_dimensions) {
  CutGrid grid(n_dimensions, {kNoLimit});
  for (const CutPoint& point : cuts) {
    for (std::size_t d = 0; d < n_dimensions; ++d) {
      grid[d].push_back(oriented(point.cut.limits[d], d));
    }
  }
  for (std::vector<float>& limits : grid) {
    std::ranges::sort(limits, std::greater<>());
    limits.erase(std::unique(limits.begin(), limits.end()), limits.end());
  }
  return grid;
}

std::size_t n_cells(const CutGrid& grid) {
  return std::accumulate(grid.begin(), grid.end(), std::size_t{1},
                         [](std::size_t product, const auto& limits) { return product * limits.size(); });
}

/// Number of limits from loose to tight that a value passes, less one.
std::size_t tightest_passed(const std::vector<float>& limits, float value) {
  const auto failed = std::partition_point(limits.begin(), limits.end(), [&](float limit) { return value <= limit; });
  return static_cast<std::size_t>(failed - limits.begin()) - 1;
}

/// Sums over the events that pass each cut of the grid, row-major: the histogram of the tightest limits passed, summed
/// from tight to loose along one dimension after the other.
template <class Sum, class ValueOfEvent>
std::vector<Sum> sum_passing(const CutGrid& grid, base::MatrixView losses, const ValueOfEvent& value) {
  std::vector<Sum> sums(n_cells(grid));
  for (std::size_t i = 0; i < losses.rows; ++i) {
    std::size_t cell = 0;
    for (std::size_t d = 0; d < grid.size(); ++d) {
      cell = cell * grid[d].size() + tightest_passed(grid[d], oriented(losses(i, d), d));
    }
    sums[cell] += value(i);
  }
  std::size_t step = 1;
  for (std::size_t d = grid.size(); d-- > 0;) {
    for (std::size_t cell = sums.size(); cell-- > 0;) {
      const bool tightest = cell / step % grid[d].size() + 1 == grid[d].size();
      sums[cell] += tightest ? Sum{0} : sums[cell + step];
    }
    step *= grid[d].size();
  }
  return sums;
}

/// What passes the cuts of a grid. Events that all count the same are counted alone.
class Passing {
 public:
  Passing(const CutGrid& grid, const WeightedLosses& events)
      : n_events_(events.losses.rows),
        n_(sum_passing<std::uint32_t>(grid, events.losses, [](std::size_t) { return std::uint32_t{1}; })) {
    if (!are_equal(events.weight)) {
      const auto weight = [&](std::size_t i) { return double{events.weight[i]}; };
      weight_ = sum_passing<double>(grid, events.losses, weight);
      squares_ = sum_passing<double>(grid, events.losses, [&](std::size_t i) { return weight(i) * weight(i); });
    }
  }

  [[nodiscard]] std::size_t n(std::size_t cell) const { return n_[cell]; }
  /// What cuts are compared by; the loosest, cell 0, keeps all.
  [[nodiscard]] double amount(std::size_t cell) const { return weight_.empty() ? n_[cell] : weight_[cell]; }
  [[nodiscard]] double efficiency(std::size_t cell) const {
    return amount(cell) / (weight_.empty() ? static_cast<double>(n_events_) : weight_.front());
  }
  [[nodiscard]] double share(std::size_t cell) const {
    const bool one = weight_.empty() || !(squares_[cell] > 0);
    return one ? 1 : weight_[cell] * weight_[cell] / (squares_[cell] * n_[cell]);
  }
  [[nodiscard]] std::size_t n_cells() const { return n_.size(); }

 private:
  std::size_t n_events_;
  std::vector<std::uint32_t> n_;
  std::vector<double> weight_;
  std::vector<double> squares_;
};

RectangularCut cut_of(const CutGrid& grid, std::size_t cell) {
  RectangularCut cut{std::vector<float>(grid.size())};
  for (std::size_t d = grid.size(); d-- > 0;) {
    cut.limits[d] = oriented(grid[d][cell % grid[d].size()], d);
    cell /= grid[d].size();
  }
  return cut;
}

CutPoint point_of(RectangularCut cut, const Passing& background, const Passing& signal, std::size_t cell) {
  return {std::move(cut), background.efficiency(cell), signal.efficiency(cell), background.n(cell),
          signal.n(cell), background.share(cell),      signal.share(cell)};
}

/// Cells that may lie on the envelope: those with more signal than every cell in a lower one of many narrow ranges of
/// background. What is left out has less signal and more background than another cell.
std::vector<std::size_t> envelope_candidates(const Passing& background, const Passing& signal) {
  constexpr double kRanges = 1 << 16;
  const auto range_of = [&](std::size_t cell) {
    return static_cast<std::size_t>(std::clamp(background.efficiency(cell), 0.0, 1.0) * kRanges);
  };
  std::vector<double> most_below(static_cast<std::size_t>(kRanges) + 2);
  for (std::size_t cell = 0; cell < background.n_cells(); ++cell) {
    double& most = most_below[range_of(cell) + 1];
    most = std::max(most, signal.amount(cell));
  }
  std::partial_sum(most_below.begin(), most_below.end(), most_below.begin(),
                   [](double a, double b) { return std::max(a, b); });
  std::vector<std::size_t> candidates;
  for (std::size_t cell = 0; cell < background.n_cells(); ++cell) {
    if (signal.amount(cell) > most_below[range_of(cell)]) {
      candidates.push_back(cell);
    }
  }
  return candidates;
}

/// Cells from tight to loose such that no other cut has as little background and as much signal.
std::vector<std::size_t> upper_envelope(const Passing& background, const Passing& signal) {
  std::vector<std::size_t> cells = envelope_candidates(background, signal);
  // Among equals the loosest comes first.
  std::ranges::sort(cells, {},
                    [&](std::size_t cell) { return std::tuple(background.amount(cell), -signal.amount(cell), cell); });
  std::vector<std::size_t> envelope;
  double most = 0;
  for (const std::size_t cell : cells) {
    if (signal.amount(cell) > most) {
      envelope.push_back(cell);
      most = signal.amount(cell);
    }
  }
  return envelope;
}

void require_weights(const WeightedLosses& events, const char* what) {
  if (events.weight.empty()) {
    return;
  }
  const double sum = std::accumulate(events.weight.begin(), events.weight.end(), 0.0);
  if (events.weight.size() != events.losses.rows || !(sum > 0) || std::isinf(sum)) {
    throw base::InputError(
        fmt::format("a scan of cuts got {} weights, of sum {}, for {} {} events; give one of each "
                    "per event, and a positive sum",
                    events.weight.size(), sum, events.losses.rows, what));
  }
}

void require_events(const WeightedLosses& background, const WeightedLosses& signal) {
  require_losses(background.losses, background.losses.cols, "background");
  require_losses(signal.losses, background.losses.cols, "signal");
  require_weights(background, "background");
  require_weights(signal, "signal");
}

}  // namespace

std::vector<CutPoint> choose_cuts(const WeightedLosses& background, const WeightedLosses& signal,
                                  const CutScanOptions& options) {
  require_few_cuts(background.losses.cols, options.values_per_dimension);
  require_events(background, signal);
  const CutGrid grid =
      quantile_grid(background.losses, signal.losses, static_cast<std::size_t>(options.values_per_dimension));
  const Passing passing_background(grid, background);
  const Passing passing_signal(grid, signal);
  std::vector<CutPoint> points;
  for (const std::size_t cell : upper_envelope(passing_background, passing_signal)) {
    points.push_back(point_of(cut_of(grid, cell), passing_background, passing_signal, cell));
  }
  return points;
}

std::vector<CutPoint> choose_cuts(base::MatrixView background, base::MatrixView signal, const CutScanOptions& options) {
  return choose_cuts(WeightedLosses{background}, WeightedLosses{signal}, options);
}

std::vector<CutPoint> evaluate_cuts(const std::vector<CutPoint>& chosen, const WeightedLosses& background,
                                    const WeightedLosses& signal) {
  for (const CutPoint& point : chosen) {
    require_dimensions(background.losses, point.cut.limits.size(), "background");
  }
  require_events(background, signal);
  const CutGrid grid = grid_of(chosen, background.losses.cols);
  const Passing passing_background(grid, background);
  const Passing passing_signal(grid, signal);
  std::vector<CutPoint> points;
  for (const CutPoint& point : chosen) {
    std::size_t cell = 0;
    for (std::size_t d = 0; d < grid.size(); ++d) {
      cell = cell * grid[d].size() + tightest_passed(grid[d], oriented(point.cut.limits[d], d));
    }
    points.push_back(point_of(point.cut, passing_background, passing_signal, cell));
  }
  return points;
}

std::vector<CutPoint> evaluate_cuts(const std::vector<CutPoint>& chosen, base::MatrixView background,
                                    base::MatrixView signal) {
  return evaluate_cuts(chosen, WeightedLosses{background}, WeightedLosses{signal});
}

std::vector<RocPoint> roc_of_cuts(const std::vector<CutPoint>& points, const WeightedLosses& background,
                                  const WeightedLosses& signal) {
  const CutGrid everything(background.losses.cols, {kNoLimit});
  const Passing all_background(everything, background);
  const Passing all_signal(everything, signal);
  std::vector<RocPoint> curve = {
      {0, 0, 0, 0, 0}, {0, 1, 1, all_background.n(0), all_signal.n(0), all_background.share(0), all_signal.share(0)}};
  for (const CutPoint& point : points) {
    curve.push_back({0, point.efficiency_background, point.efficiency_signal, point.n_background, point.n_signal,
                     point.background_share, point.signal_share});
  }
  std::ranges::sort(curve, {}, [](const RocPoint& point) {
    return std::tuple(point.efficiency_background, point.n_background, point.efficiency_signal, point.n_signal);
  });
  for (std::size_t i = 0; i < curve.size(); ++i) {
    curve[i].threshold = static_cast<double>(i);
  }
  return curve;
}

double area_under(const std::vector<RocPoint>& curve) {
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    area += 0.5 * (curve[i].efficiency_signal + curve[i - 1].efficiency_signal) *
            (curve[i].efficiency_background - curve[i - 1].efficiency_background);
  }
  return area;
}

}  // namespace eddy::classify
