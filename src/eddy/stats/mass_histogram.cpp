#include <eddy/base/error.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::stats {
namespace {

void check_edges(const std::vector<double>& edges) {
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (!std::isfinite(edges[i])) {
      throw base::InputError(fmt::format(
          "bin edges must be finite but edge {} is {}: give every bin a lower and an upper mass", i, edges[i]));
    }
    if (i > 0 && edges[i] <= edges[i - 1]) {
      throw base::InputError(
          fmt::format("bin edges must ascend but edge {} is {} after {}: sort them and remove repeated ones", i,
                      edges[i], edges[i - 1]));
    }
  }
}

}  // namespace

MassHistogram fill_histogram(std::vector<double> edges, const std::vector<double>& masses) {
  check_edges(edges);
  if (edges.size() < 2) {
    throw base::InputError(
        fmt::format("a mass histogram needs at least 2 bin edges but has {}: give a range and bins", edges.size()));
  }
  MassHistogram histogram{std::move(edges), {}};
  histogram.counts.resize(histogram.edges.size() - 1);
  for (std::size_t i = 0; i < masses.size(); ++i) {
    if (!std::isfinite(masses[i])) {
      throw base::InputError(
          fmt::format("masses must be finite but that of event {} is {}: remove the event", i, masses[i]));
    }
    const auto above = std::ranges::upper_bound(histogram.edges, masses[i]);
    if (above != histogram.edges.begin() && above != histogram.edges.end()) {
      ++histogram.counts[static_cast<std::size_t>(above - histogram.edges.begin()) - 1];
    }
  }
  return histogram;
}

void check_binning(const MassHistogram& histogram) {
  const auto& [edges, counts] = histogram;
  if (counts.empty() || edges.size() != counts.size() + 1) {
    throw base::InputError(
        fmt::format("a mass histogram of {} bins needs {} edges but has {}: give one edge more than counts, and at "
                    "least one bin",
                    counts.size(), counts.size() + 1, edges.size()));
  }
  check_edges(edges);
}

void check_histogram(const MassHistogram& histogram) {
  check_binning(histogram);
  const auto& [edges, counts] = histogram;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!(counts[i] >= 0) || std::isinf(counts[i])) {
      throw base::InputError(
          fmt::format("counts must be finite and not negative but bin {} ({} to {}) holds {}: fill the histogram with "
                      "unweighted events",
                      i, edges[i], edges[i + 1], counts[i]));
    }
  }
  if (std::accumulate(counts.begin(), counts.end(), 0.0) <= 0) {
    throw base::InputError(
        fmt::format("the mass histogram from {} to {} is empty: loosen the selection or choose the range of the data",
                    edges.front(), edges.back()));
  }
}

BinRange bins_of(const MassHistogram& histogram, MassWindow window) {
  check_binning(histogram);
  const auto& edges = histogram.edges;
  if (!(window.low < window.high) || window.high <= edges.front() || window.low >= edges.back()) {
    throw base::InputError(
        fmt::format("the signal region must be an interval inside the fit range {} to {} but is {} to {}: correct its "
                    "borders or their unit",
                    edges.front(), edges.back(), window.low, window.high));
  }
  BinRange range{0, histogram.n_bins()};
  while (edges[range.first + 1] <= window.low) {
    ++range.first;
  }
  while (edges[range.last - 1] >= window.high) {
    --range.last;
  }
  if (range.first == 0 && range.last == histogram.n_bins()) {
    throw base::InputError(
        fmt::format("the signal region {} to {} covers all {} bins from {} to {}, so that no sideband is left: narrow "
                    "it or widen the fit range",
                    window.low, window.high, histogram.n_bins(), edges.front(), edges.back()));
  }
  return range;
}

}  // namespace eddy::stats
