#include <eddy/base/error.hpp>
#include <eddy/stats/independence.hpp>

#include <boost/math/special_functions/gamma.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace eddy::stats {
namespace {

constexpr std::size_t kBins = 10;
constexpr std::size_t kContextBins = 8;
constexpr std::size_t kFewest = 5 * kBins * kContextBins;

/// The bin of each value: between quantiles, each of which belongs to the bin above it. Bins without values are none.
std::vector<std::size_t> bins_of_equal_count(std::span<const float> values, std::size_t n_bins) {
  std::vector<float> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  std::vector<float> edges;
  for (std::size_t i = 1; i < n_bins; ++i) {
    const float edge = sorted[i * sorted.size() / n_bins];
    if (edge > sorted.front() && (edges.empty() || edge > edges.back())) {
      edges.push_back(edge);
    }
  }
  std::vector<std::size_t> bins;
  for (const float value : values) {
    bins.push_back(static_cast<std::size_t>(std::ranges::upper_bound(edges, value) - edges.begin()));
  }
  return bins;
}

}  // namespace

double independence_p_value(std::span<const float> x, std::span<const float> context) {
  if (x.size() != context.size() || x.size() < kFewest) {
    throw base::InputError(
        fmt::format("whether {} values depend on {} others cannot be told; give as many of both, and {} or more",
                    x.size(), context.size(), kFewest));
  }
  const std::vector<std::size_t> row = bins_of_equal_count(x, kBins);
  const std::vector<std::size_t> column = bins_of_equal_count(context, kContextBins);
  const std::size_t n_rows = 1 + std::ranges::max(row);
  const std::size_t n_columns = 1 + std::ranges::max(column);
  if (n_rows == 1 || n_columns == 1) {
    return 1;
  }
  std::vector<double> count(n_rows * n_columns);
  std::vector<double> of_row(n_rows);
  std::vector<double> of_column(n_columns);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ++count[row[i] * n_columns + column[i]];
    ++of_row[row[i]];
    ++of_column[column[i]];
  }
  double chi2 = 0;
  for (std::size_t r = 0; r < n_rows; ++r) {
    for (std::size_t c = 0; c < n_columns; ++c) {
      const double expected = of_row[r] * of_column[c] / static_cast<double>(x.size());
      chi2 += (count[r * n_columns + c] - expected) * (count[r * n_columns + c] - expected) / expected;
    }
  }
  return boost::math::gamma_q(0.5 * static_cast<double>((n_rows - 1) * (n_columns - 1)), 0.5 * chi2);
}

}  // namespace eddy::stats
