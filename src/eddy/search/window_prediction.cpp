#include <eddy/search/bump_background.hpp>
#include <eddy/search/window_prediction.hpp>
#include <eddy/stats/bump_fit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace eddy::search {
namespace {

/// Bins that touch the closed window; not those that end where it begins, but for rounding.
stats::BinRange closed_bins(const stats::MassHistogram& spectrum, stats::MassWindow closed) {
  constexpr double kRounding = 1e-6;
  const double margin = kRounding * (closed.high - closed.low);
  return stats::bins_of(spectrum, {closed.low + margin, closed.high - margin});
}

/// Sparse bins are merged apart in the window, in the closed one, and in what lies between and beside them.
stats::MassHistogram merged_spectrum(const stats::MassHistogram& fine, stats::MassWindow window,
                                     stats::MassWindow closed, double min_events) {
  const stats::BinRange inside = stats::bins_of(fine, window);
  const stats::BinRange shut = closed_bins(fine, closed);
  std::vector<std::size_t> borders = {0, inside.first, inside.last, shut.first, shut.last, fine.n_bins()};
  std::ranges::sort(borders);
  borders.erase(std::ranges::unique(borders).begin(), borders.end());
  return merge_between(fine, borders, min_events);
}

std::vector<bool> flags_of(const stats::MassHistogram& spectrum, stats::MassWindow closed) {
  const stats::BinRange shut = closed_bins(spectrum, closed);
  std::vector<bool> flags(spectrum.n_bins());
  std::fill(flags.begin() + static_cast<std::ptrdiff_t>(shut.first),
            flags.begin() + static_cast<std::ptrdiff_t>(shut.last), true);
  return flags;
}

}  // namespace

WindowPrediction predict_window(std::span<const float> masses, stats::MassWindow window, stats::MassWindow closed,
                                const BumpHuntSettings& settings) {
  const stats::MassHistogram fine = stats::fill_histogram(bump_hunt_edges(masses, window, settings),
                                                          std::vector<double>(masses.begin(), masses.end()));
  const stats::MassHistogram spectrum = merged_spectrum(fine, window, closed, settings.min_bin_events);
  const std::vector<bool> shut = flags_of(spectrum, closed);
  const stats::OrderChoice choice = choose_background(spectrum, window, settings, shut);
  const stats::SidebandPrediction prediction = stats::predict_from_sidebands(spectrum, choice.shape, window, {}, shut);
  const auto begin = spectrum.counts.begin();
  return {.observed = std::reduce(begin + static_cast<std::ptrdiff_t>(prediction.signal_region.first),
                                  begin + static_cast<std::ptrdiff_t>(prediction.signal_region.last)),
          .predicted = prediction.total,
          .error = prediction.total_error,
          .spectrum = spectrum,
          .closed = shut,
          .order = order_of(choice.shape)};
}

WindowSignal fit_in_window(stats::MassHistogram spectrum, const std::vector<bool>& closed, stats::MassWindow window,
                           const BumpHuntSettings& settings) {
  const stats::BackgroundShape shape = choose_background(spectrum, window, settings, closed).shape;
  const stats::SidebandPrediction prediction = stats::predict_from_sidebands(spectrum, shape, window, {}, closed);
  for (std::size_t bin = 0; bin < closed.size(); ++bin) {
    spectrum.counts[bin] = closed[bin] ? prediction.fit.background[bin] : spectrum.counts[bin];
  }
  const double mass = (window.low + window.high) / 2;
  const std::vector<double> signal = stats::signal_template({mass, settings.width * std::abs(mass)}, spectrum);
  stats::BumpSignalOptions options;
  options.nuisances = {step_nuisance(spectrum, prediction.signal_region, settings)};
  const stats::BumpSignal found = stats::fit_signal(spectrum, shape, signal, options);
  const double predicted = prediction.total * settings.closure;
  return {.strength = found.strength / predicted, .error = found.strength_error / predicted};
}

}  // namespace eddy::search
