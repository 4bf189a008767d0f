#include <eddy/search/unlikely_bin.hpp>
#include <eddy/stats/poisson_tail.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

constexpr double kFalseBins = 1e-5;  // spectra without a fault in which a bin is found

double centre(const stats::MassHistogram& histogram, std::size_t bin) {
  return 0.5 * (histogram.edges[bin] + histogram.edges[bin + 1]);
}

/// d ln(events per mass) / d mass of the fit around `bin`.
double slope_at(const stats::MassHistogram& histogram, const std::vector<double>& mean, std::size_t bin) {
  const std::size_t below = bin > 0 ? bin - 1 : bin;
  const std::size_t above = std::min(bin + 1, mean.size() - 1);
  const auto density = [&](std::size_t b) { return mean[b] / (histogram.edges[b + 1] - histogram.edges[b]); };
  if (below == above || !(density(below) > 0) || !(density(above) > 0)) {
    return 0;
  }
  return std::log(density(above) / density(below)) / (centre(histogram, above) - centre(histogram, below));
}

/// Integral of exp(slope (m - low)) over [low, high] relative to [low, end].
double share_of(double slope, double from, double to, double low, double end) {
  const auto integral = [&](double a, double b) {
    return std::abs(slope) * (end - low) < 1e-9 ? b - a
                                                : (std::exp(slope * (b - low)) - std::exp(slope * (a - low))) / slope;
  };
  return integral(from, to) / integral(low, end);
}

/// The least likely of `bins`, whose p-values are those of one bin each, where that of any of them is below the limit.
std::optional<UnlikelyBin> least_likely(const std::vector<UnlikelyBin>& bins) {
  const auto worst = std::ranges::min_element(bins, {}, &UnlikelyBin::p_value);
  if (worst == bins.end()) {
    return std::nullopt;
  }
  UnlikelyBin bin = *worst;
  bin.p_value = std::min(1.0, bin.p_value * static_cast<double>(bins.size()));
  return bin.p_value < kFalseBins ? std::optional(bin) : std::nullopt;
}

}  // namespace

std::optional<UnlikelyBin> find_unlikely_bin(const stats::MassHistogram& histogram, const std::vector<double>& mean) {
  std::vector<UnlikelyBin> bins;
  for (std::size_t i = 0; i < histogram.n_bins(); ++i) {
    bins.push_back({histogram.edges[i], histogram.edges[i + 1], histogram.counts[i], mean[i],
                    stats::poisson_at_most(histogram.counts[i], mean[i])});
  }
  return least_likely(bins);
}

std::optional<UnlikelyBin> find_unlikely_bin(std::span<const float> masses, const std::vector<double>& edges,
                                             const stats::MassHistogram& fitted,
                                             const stats::SidebandPrediction& prediction) {
  const stats::MassHistogram bins = stats::fill_histogram(edges, {masses.begin(), masses.end()});
  std::vector<UnlikelyBin> found;
  for (std::size_t i = 0, merged = 0; i < bins.n_bins(); ++i) {
    while (merged + 1 < fitted.n_bins() && bins.edges[i] >= fitted.edges[merged + 1]) {
      ++merged;
    }
    if (merged >= prediction.signal_region.first && merged < prediction.signal_region.last) {
      continue;
    }
    const double slope = slope_at(fitted, prediction.fit.mean, merged);
    const double expected = prediction.fit.mean[merged] * share_of(slope, bins.edges[i], bins.edges[i + 1],
                                                                   fitted.edges[merged], fitted.edges[merged + 1]);
    found.push_back(
        {bins.edges[i], bins.edges[i + 1], bins.counts[i], expected, stats::poisson_at_most(bins.counts[i], expected)});
  }
  return least_likely(found);
}

std::string unlikely_bin_sentence(const UnlikelyBin& bin, const std::string& where, const std::string& option) {
  return fmt::format(
      "{}: the bin from {} to {} holds {:.0f} events where the fit expects {:.1f} (p = {:.1g} for any bin), as if a "
      "selection vetoed these masses, so do not trust significances and limits: select them too, or set {} so that the "
      "fit ends before them",
      where, bin.low, bin.high, bin.observed, bin.expected, bin.p_value, option);
}

}  // namespace eddy::search
