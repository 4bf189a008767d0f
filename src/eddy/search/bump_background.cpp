#include <eddy/base/error.hpp>
#include <eddy/search/bump_background.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace eddy::search {
namespace {

using base::InputError;
using base::NumericError;

bool is_dijet(const BumpHuntSettings& settings) { return settings.shape == "dijet"; }

/// The shape that an F-test begins with.
stats::BackgroundShape smallest_shape(const BumpHuntSettings& settings) {
  return is_dijet(settings) ? stats::BackgroundShape(stats::DijetShape{settings.sqrt_s, 3})
                            : stats::BackgroundShape(stats::BernsteinShape{2});
}

/// The shape that the user asks for, lower where bins are few. The dijet function, not bounded as the polynomial is,
/// has two bins for each parameter: with fewer, fits run off to infinite parameters.
stats::BackgroundShape fixed_shape(const BumpHuntSettings& settings, std::size_t n_sideband_bins) {
  const auto order = static_cast<std::size_t>(settings.order);
  if (is_dijet(settings)) {
    return stats::DijetShape{settings.sqrt_s, std::min(order, std::max<std::size_t>(3, n_sideband_bins / 2))};
  }
  return stats::BernsteinShape{std::min(order, n_sideband_bins - 2)};
}

/// The F-test, and again from the shape that it refused while the fit is bad.
stats::OrderChoice choose_by_test(const stats::MassHistogram& histogram, const stats::BackgroundShape& first,
                                  stats::MassWindow window, std::size_t n_sideband_bins,
                                  const std::vector<bool>& closed) {
  stats::OrderOptions options;
  options.closed = closed;
  options.largest_order = std::min(options.largest_order, n_sideband_bins - 2);  // one bin more than parameters
  stats::OrderChoice choice = stats::choose_order(histogram, first, window, options);
  while (chosen_quality(choice).goodness_of_fit < kSmallestGoodness &&
         n_parameters(choice.steps.back().shape) > n_parameters(choice.shape)) {
    const stats::OrderChoice further = stats::choose_order(histogram, choice.steps.back().shape, window, options);
    choice.shape = further.shape;
    choice.steps.insert(choice.steps.end(), further.steps.begin() + 1, further.steps.end());
  }
  return choice;
}

void require_sideband_bins(const stats::MassHistogram& histogram, stats::BinRange inside, std::size_t n_sideband_bins,
                           const stats::BackgroundShape& shape) {
  if (n_sideband_bins <= n_parameters(shape)) {
    const auto begin = histogram.counts.begin();
    const double n_inside = std::reduce(begin + static_cast<std::ptrdiff_t>(inside.first),
                                        begin + static_cast<std::ptrdiff_t>(inside.last));
    throw NumericError(fmt::format(
        "the sidebands have {} bins with {} events, too few to fit and to judge a {}: loosen the cut, lower "
        "min_bin_events or widen the range",
        n_sideband_bins, std::reduce(begin, histogram.counts.end()) - n_inside, stats::describe(shape)));
  }
}

/// Borders of the merged bins in `range`, as indices of `counts`, ascending.
std::vector<std::size_t> merged_borders(const std::vector<double>& counts, stats::BinRange range, double min_events) {
  const bool from_front = counts[range.first] < counts[range.last - 1];
  std::vector<std::size_t> borders = {from_front ? range.first : range.last};
  double sum = 0;
  for (std::size_t i = 0; i < range.last - range.first; ++i) {
    sum += counts[from_front ? range.first + i : range.last - 1 - i];
    if (sum >= min_events) {
      borders.push_back(from_front ? range.first + i + 1 : range.last - 1 - i);
      sum = 0;
    }
  }
  borders.resize(std::max<std::size_t>(borders.size(), 2));
  borders.back() = from_front ? range.last : range.first;  // what is left joins its neighbour
  std::ranges::sort(borders);
  return borders;
}

/// Appends the bins of `range`, merged, to `merged`, which ends where they begin.
void append_merged(const stats::MassHistogram& histogram, stats::BinRange range, double min_events,
                   stats::MassHistogram& merged) {
  if (range.first == range.last) {
    return;
  }
  const std::vector<std::size_t> borders = merged_borders(histogram.counts, range, min_events);
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
    const auto first = histogram.counts.begin() + static_cast<std::ptrdiff_t>(borders[i]);
    const auto last = histogram.counts.begin() + static_cast<std::ptrdiff_t>(borders[i + 1]);
    merged.counts.push_back(std::reduce(first, last));
    merged.edges.push_back(histogram.edges[borders[i + 1]]);
  }
}

}  // namespace

void require_background(const BumpHuntSettings& settings, double low, double high) {
  if (!is_dijet(settings) && settings.shape != "bernstein") {
    throw InputError(fmt::format("[bump_hunt] shape is '{}': choose \"dijet\" or \"bernstein\"", settings.shape));
  }
  constexpr std::size_t kManyBins = 1000;
  const auto shape = settings.order > 0 ? fixed_shape(settings, kManyBins) : smallest_shape(settings);
  if (is_dijet(settings) && low <= 0) {
    throw InputError(fmt::format(
        "a dijet function needs masses above 0 but the fit range begins at {}: set shape = \"bernstein\" or a range",
        low));
  }
  constexpr double kOtherUnit = 1e-3;
  if (is_dijet(settings) && high < kOtherUnit * settings.sqrt_s) {
    throw InputError(
        fmt::format("[bump_hunt] sqrt_s = {} is beyond 1000 times the largest mass {}: give it in the unit of the "
                    "context, such as 13 for TeV",
                    settings.sqrt_s, high));
  }
  static_cast<void>(stats::BinnedShape(shape, std::array{low, high}));
}

std::int64_t order_of(const stats::BackgroundShape& shape) {
  const auto* polynomial = std::get_if<stats::BernsteinShape>(&shape);
  return static_cast<std::int64_t>(polynomial != nullptr ? polynomial->order : n_parameters(shape));
}

const stats::FitQuality& chosen_quality(const stats::OrderChoice& choice) {
  const auto chosen = std::ranges::find_if(choice.steps, [&](const stats::OrderStep& step) {
    return n_parameters(step.shape) == n_parameters(choice.shape);
  });
  return chosen->quality;
}

stats::OrderChoice choose_background(const stats::MassHistogram& histogram, stats::MassWindow window,
                                     const BumpHuntSettings& settings, const std::vector<bool>& closed) {
  const stats::BinRange inside = stats::bins_of(histogram, window);
  const auto n_closed = static_cast<std::size_t>(std::ranges::count(closed, true));
  const std::size_t n_sideband_bins = histogram.n_bins() - (inside.last - inside.first) - n_closed;
  const stats::BackgroundShape first = smallest_shape(settings);
  require_sideband_bins(histogram, inside, n_sideband_bins, first);
  if (settings.order == 0) {
    return choose_by_test(histogram, first, window, n_sideband_bins, closed);
  }
  const stats::BackgroundShape shape = fixed_shape(settings, n_sideband_bins);
  return {shape, {{shape, stats::predict_from_sidebands(histogram, shape, window, {}, closed).fit.quality, 1}}};
}

stats::MassHistogram merge_sparse_bins(const stats::MassHistogram& histogram, stats::MassWindow window,
                                       double min_events) {
  const stats::BinRange inside = stats::bins_of(histogram, window);
  return merge_between(histogram, {0, inside.first, inside.last, histogram.n_bins()}, min_events);
}

stats::MassHistogram merge_between(const stats::MassHistogram& histogram, const std::vector<std::size_t>& borders,
                                   double min_events) {
  stats::MassHistogram merged{{histogram.edges.front()}, {}};
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
    append_merged(histogram, {borders[i], borders[i + 1]}, min_events, merged);
  }
  return merged;
}

stats::MassHistogram hunt_spectrum(std::span<const float> masses, std::vector<double> edges, stats::MassWindow window,
                                   const BumpHuntSettings& settings) {
  const std::vector<double> values(masses.begin(), masses.end());
  return merge_sparse_bins(stats::fill_histogram(std::move(edges), values), window, settings.min_bin_events);
}

}  // namespace eddy::search
