#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/stats/sculpting.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::stats {
namespace {

/// Different values of a sample, ascending, and how many events lie below each.
struct Values {
  std::vector<float> value;
  std::vector<std::size_t> n_below;
};

Values different_values(std::span<const float> masses) {
  std::vector<float> sorted(masses.begin(), masses.end());
  std::ranges::sort(sorted);
  Values values;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || sorted[i] != sorted[i - 1]) {
      values.value.push_back(sorted[i]);
      values.n_below.push_back(i);
    }
  }
  return values;
}

void require_finite(std::span<const float> masses) {
  const auto bad = std::ranges::find_if(masses, [](float mass) { return !std::isfinite(mass); });
  if (bad != masses.end()) {
    throw base::InputError(
        fmt::format("masses must be finite but that of event {} is {}: remove the event", bad - masses.begin(), *bad));
  }
}

void require_values(std::size_t n_bins, std::size_t n_values) {
  if (n_bins < 1 || n_bins > n_values) {
    throw base::InputError(
        fmt::format("masses of {} different values cannot fill {} bins: choose at least 1 and at most {} bins, or give "
                    "more events",
                    n_values, n_bins, n_values));
  }
}

void require_two_bins(std::size_t n_bins) {
  if (n_bins < 2) {
    throw base::InputError(
        fmt::format("spectra of {} bins have no shape to compare: use 2 bins or more, 300 in the paper", n_bins));
  }
}

/// Index in `n_below` where the next bin begins: as near to `target` events as possible, between `first` and `last`.
std::size_t nearest_border(const std::vector<std::size_t>& n_below, std::size_t first, std::size_t last,
                           double target) {
  const auto begin = n_below.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = n_below.begin() + static_cast<std::ptrdiff_t>(last) + 1;
  auto border =
      std::partition_point(begin, end, [&](std::size_t below) { return static_cast<double>(below) < target; });
  if (border == end ||
      (border != begin && target - static_cast<double>(*std::prev(border)) <= static_cast<double>(*border) - target)) {
    --border;
  }
  return static_cast<std::size_t>(border - n_below.begin());
}

}  // namespace

std::size_t n_different(std::span<const float> masses) { return different_values(masses).value.size(); }

std::vector<double> equal_population_edges(std::span<const float> masses, std::size_t n_bins) {
  require_finite(masses);
  const auto [value, n_below] = different_values(masses);
  require_values(n_bins, value.size());
  std::vector<double> edges = {value.front()};
  const double share = static_cast<double>(masses.size()) / static_cast<double>(n_bins);
  std::size_t border = 0;
  for (std::size_t k = 1; k < n_bins; ++k) {
    const std::size_t last = value.size() - (n_bins - k);  // leaves one value for each bin to come
    border = nearest_border(n_below, border + 1, last, static_cast<double>(k) * share);
    edges.push_back(0.5 * (static_cast<double>(value[border - 1]) + static_cast<double>(value[border])));
  }
  edges.push_back(std::nextafter(static_cast<double>(value.back()), std::numeric_limits<double>::infinity()));
  return edges;
}

SculptingTest::SculptingTest(std::span<const float> masses, std::size_t n_bins) {
  require_two_bins(n_bins);
  const std::vector<double> edges = equal_population_edges(masses, n_bins);
  counts_.resize(n_bins);
  bin_.reserve(masses.size());
  for (const float mass : masses) {
    const auto above = std::ranges::upper_bound(edges, static_cast<double>(mass));
    bin_.push_back(static_cast<std::uint32_t>(above - edges.begin() - 1));
    ++counts_[bin_.back()];
  }
}

double SculptingTest::compare(const std::vector<double>& selected) const {
  const double n_selected = std::reduce(selected.begin(), selected.end());
  const double efficiency = n_selected / static_cast<double>(n_events());
  double chi2 = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const double expected = efficiency * counts_[i];
    chi2 += (selected[i] - expected) * (selected[i] - expected) / expected;  // nothing selected: 0 / 0 = NaN
  }
  return chi2 / static_cast<double>(n_bins() - 1);
}

double SculptingTest::chi2_per_dof(std::span<const std::uint8_t> passes) const {
  if (passes.size() != n_events()) {
    throw base::InputError(fmt::format("{} flags were given for the {} events of a sculpting test: give one per event",
                                       passes.size(), n_events()));
  }
  std::vector<double> selected(n_bins());
  for (std::size_t i = 0; i < passes.size(); ++i) {
    selected[bin_[i]] += passes[i] != 0 ? 1 : 0;
  }
  return compare(selected);
}

// Floyd's sampling: every subset is equally likely, for as many random numbers as events (Bentley and Floyd, Comm. ACM
// 30 (1987) 754).
double SculptingTest::random_subset(std::size_t n_selected, base::RandomStream stream) const {
  std::vector<bool> taken(n_events());
  std::vector<double> selected(n_bins());
  for (std::size_t last = n_events() - n_selected; last < n_events(); ++last) {
    const std::size_t drawn = stream.below(last + 1);
    const std::size_t event = taken[drawn] ? last : drawn;
    taken[event] = true;
    ++selected[bin_[event]];
  }
  return compare(selected);
}

std::vector<double> SculptingTest::random_subsets(std::size_t n_selected, std::size_t n_subsets,
                                                  const base::RandomStream& stream,
                                                  const base::Monitor& monitor) const {
  if (n_selected > n_events()) {
    throw base::InputError(fmt::format("a random subset of {} events cannot be drawn from {}: ask for fewer events",
                                       n_selected, n_events()));
  }
  std::vector<double> values(n_subsets);
  base::parallel_tasks(n_subsets, [&](std::size_t i) {
    const base::CpuScope scope(base::CpuStage::kFits);
    monitor.check_stop();
    values[i] = random_subset(n_selected, stream.starting_at(i * n_events()));
  });
  return values;
}

}  // namespace eddy::stats
