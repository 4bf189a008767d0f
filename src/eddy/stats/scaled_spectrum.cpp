#include <eddy/base/error.hpp>
#include <eddy/stats/scaled_spectrum.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eddy::stats {
namespace {

void require_weighted(std::span<const double> masses, std::span<const double> weights) {
  if (masses.size() != weights.size()) {
    throw base::InputError(fmt::format("a weighted spectrum got {} masses and {} weights; give one of each per event",
                                       masses.size(), weights.size()));
  }
  for (std::size_t i = 0; i < masses.size(); ++i) {
    if (!std::isfinite(masses[i]) || !std::isfinite(weights[i]) || weights[i] < 0) {
      throw base::InputError(fmt::format(
          "event {} of a weighted spectrum has mass {} and weight {}; both must be finite, and the weight not negative",
          i, masses[i], weights[i]));
    }
  }
}

}  // namespace

ScaledSpectrum scale_spectrum(std::vector<double> edges, std::span<const double> masses,
                              std::span<const double> weights, MassWindow window) {
  ScaledSpectrum spectrum{.histogram = {std::move(edges), {}}, .variance = {}};
  spectrum.histogram.counts.assign(std::max<std::size_t>(1, spectrum.histogram.edges.size()) - 1, 0.0);
  check_binning(spectrum.histogram);
  require_weighted(masses, weights);
  spectrum.variance.assign(spectrum.histogram.n_bins(), 0.0);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < masses.size(); ++i) {
    const std::vector<double>& bins = spectrum.histogram.edges;
    if (masses[i] < bins.front() || masses[i] >= bins.back()) {
      continue;
    }
    const auto bin = static_cast<std::size_t>(std::ranges::upper_bound(bins, masses[i]) - bins.begin()) - 1;
    spectrum.histogram.counts[bin] += weights[i];
    spectrum.variance[bin] += weights[i] * weights[i];
    const bool is_outside = masses[i] < window.low || masses[i] >= window.high;
    sum += is_outside ? weights[i] : 0;
    squares += is_outside ? weights[i] * weights[i] : 0;
  }
  if (!(sum > 0)) {
    throw base::NumericError(
        fmt::format("no event outside the window from {} to {} has a weight, so that nothing says what one counts",
                    window.low, window.high));
  }
  spectrum.scale = squares / sum;
  for (double& count : spectrum.histogram.counts) {
    count /= spectrum.scale;
  }
  return spectrum;
}

}  // namespace eddy::stats
