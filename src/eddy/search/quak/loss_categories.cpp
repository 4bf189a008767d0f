#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/search/quak/loss_categories.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

namespace eddy::search {
namespace {

/// Events that pass a cut which keeps `fraction` of n.
std::size_t n_kept(std::size_t n, double fraction) {
  const auto kept = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(n)));
  return std::clamp<std::size_t>(kept, 1, n);
}

/// The place in ascending `losses` next to `wanted` where a smaller loss is followed by a larger one: equal losses are
/// never parted. Of two equally near ones the lower.
std::size_t nearest_border(const std::vector<float>& losses, std::size_t wanted) {
  const auto [first, last] = std::ranges::equal_range(losses, losses[wanted]);
  const auto below = static_cast<std::size_t>(first - losses.begin());
  const auto above = static_cast<std::size_t>(last - losses.begin());
  return wanted - below <= above - wanted ? below : above;
}

/// The loss from which the part that begins at `border` reaches.
double loss_at(const std::vector<float>& losses, std::size_t border) {
  return border < losses.size() ? double{losses[border]} : base::kInfinity;
}

/// The parts of one category along loss `d`.
std::vector<LossCategory> divide(const LossCategory& whole, base::MatrixView losses, std::size_t d, std::size_t n) {
  std::vector<std::size_t> rows = whole.rows;
  std::ranges::stable_sort(rows, {}, [&](std::size_t row) { return losses(row, d); });
  std::vector<float> sorted;
  std::ranges::transform(rows, std::back_inserter(sorted), [&](std::size_t row) { return losses(row, d); });
  std::vector<LossCategory> parts(n, {whole.box, {}});
  std::size_t first = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t wanted = (k + 1) * rows.size() / n;
    const std::size_t last = wanted < rows.size() ? nearest_border(sorted, wanted) : rows.size();
    parts[k].rows.assign(rows.begin() + static_cast<std::ptrdiff_t>(first),
                         rows.begin() + static_cast<std::ptrdiff_t>(last));
    if (k + 1 < n) {
      parts[k].box.high[d] = loss_at(sorted, last);
      parts[k + 1].box.low[d] = loss_at(sorted, last);
    }
    first = last;
  }
  return parts;
}

/// The same of weighted values. Of n equal weights it keeps as many as n_kept: half an event more decides. It ends at
/// an event that counts, so that it does not reach where nothing is known to be.
double weighted_upper_quantile(const std::vector<float>& values, double fraction, std::span<const float> weight) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return weight[i] == 0; });
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return values[i]; });
  const double total = std::accumulate(weight.begin(), weight.end(), 0.0);
  double kept = weight[order.front()];
  std::size_t last = 0;
  while (last + 1 < order.size() && kept + 0.5 * weight[order[last + 1]] <= fraction * total) {
    kept += weight[order[++last]];
  }
  return values[order[last]];
}

}  // namespace

double upper_quantile(std::vector<float> values, double fraction, std::span<const float> weight) {
  if (!weight.empty()) {
    return weighted_upper_quantile(values, fraction, weight);
  }
  const std::size_t at = values.size() - n_kept(values.size(), fraction);
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(at));
  return values[at];
}

double lower_quantile(std::vector<float> values, double fraction) {
  const auto last_kept = values.begin() + static_cast<std::ptrdiff_t>(n_kept(values.size(), fraction) - 1);
  std::ranges::nth_element(values, last_kept);
  const float largest = *last_kept;
  float cut = std::numeric_limits<float>::infinity();  // the smallest value that is not kept
  for (auto value = last_kept; value != values.end(); ++value) {
    cut = *value > largest ? std::min(cut, *value) : cut;
  }
  return cut;
}

std::vector<std::size_t> rows_in(const LossBox& box, base::MatrixView losses, std::span<const std::size_t> rows) {
  std::vector<std::size_t> inside;
  std::ranges::copy_if(rows, std::back_inserter(inside), [&](std::size_t row) {
    bool in = true;
    for (std::size_t d = 0; d < losses.cols; ++d) {
      in = in && losses(row, d) >= box.low[d] && losses(row, d) < box.high[d];
    }
    return in;
  });
  return inside;
}

std::vector<LossCategory> equal_categories(base::MatrixView losses, std::vector<std::size_t> rows, std::size_t n) {
  const auto n_categories =
      static_cast<std::size_t>(std::llround(std::pow(static_cast<double>(n), static_cast<double>(losses.cols))));
  if (rows.size() < n_categories) {
    throw base::InputError(fmt::format(
        "{} events behind the preselection cannot fill {} categories; lower [quak] categories or raise preselection",
        rows.size(), n_categories));
  }
  const std::vector<double> lowest(losses.cols, -base::kInfinity);
  const std::vector<double> highest(losses.cols, base::kInfinity);
  std::vector<LossCategory> categories = {{{lowest, highest}, std::move(rows)}};
  for (std::size_t d = 0; d < losses.cols; ++d) {
    std::vector<LossCategory> finer;
    for (const LossCategory& category : categories) {
      std::ranges::move(divide(category, losses, d, n), std::back_inserter(finer));
    }
    categories = std::move(finer);
  }
  return categories;
}

}  // namespace eddy::search
