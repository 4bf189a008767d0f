#include <eddy/base/error.hpp>
#include <eddy/search/bump_background.hpp>
#include <eddy/search/resonant/bump_points.hpp>
#include <eddy/search/resonant/weighted_spectrum.hpp>
#include <eddy/stats/scaled_spectrum.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace eddy::search {
namespace {

/// (sum w)^2 / sum w^2 of the events of the signal region.
double effective_inside(const std::vector<double>& weights, const ScoredSample& data) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (data.in_signal_region[i] != 0) {
      sum += weights[i];
      squares += weights[i] * weights[i];
    }
  }
  return squares > 0 ? sum * sum / squares : 0;
}

void require_fit(const BumpHunt& all, double n_effective) {
  constexpr double kFewest = 10;
  if (!all.signal) {
    throw base::NumericError("there is no fit without a cut whose bins and shape it could have");
  }
  if (n_effective < kFewest) {
    throw base::NumericError(fmt::format(
        "the {:.3g} effective events of the signal region are too few: a few large weights make up all of it",
        n_effective));
  }
}

std::vector<double> times(std::vector<double> values, double factor) {
  std::ranges::transform(values, values.begin(), [&](double value) { return factor * value; });
  return values;
}

}  // namespace

std::vector<double> likelihood_ratios(const std::vector<float>& score) {
  std::vector<double> ratios;
  std::ranges::transform(score, std::back_inserter(ratios), [](float s) { return double{s} / (1 - double{s}); });
  if (std::ranges::any_of(ratios, [](double ratio) { return !std::isfinite(ratio); })) {
    throw base::NumericError("an event has a score of 1, whose likelihood ratio is infinite");
  }
  return ratios;
}

WeightedSpectrum fit_weighted_spectrum(const SearchConfig& config, const ScoredSample& data, const BumpHunt& all,
                                       stats::MassWindow window) {
  const std::vector<double> weights = likelihood_ratios(data.score);
  const double n_effective = effective_inside(weights, data);
  require_fit(all, n_effective);
  const std::vector<float> masses = first_context(data);
  const stats::ScaledSpectrum scaled =
      stats::scale_spectrum(all.spectrum.edges, std::vector<double>(masses.begin(), masses.end()), weights, window);
  const stats::OrderChoice choice = choose_background(scaled.histogram, window, settings_after_cut(config, all));
  const stats::BumpSignal fit = stats::fit_signal(scaled.histogram, choice.shape, all.signal_template);
  return {.edges = scaled.histogram.edges,
          .sums = times(scaled.histogram.counts, scaled.scale),
          .variance = scaled.variance,
          .background = times(fit.null.mean, scaled.scale),
          .fitted = times(fit.best.mean, scaled.scale),
          .event_weight = scaled.scale,
          .n_effective = n_effective,
          .strength = scaled.scale * fit.strength,
          .strength_error = scaled.scale * fit.strength_error,
          .p_value = fit.p_value,
          .z = fit.z,
          .goodness_of_fit = chosen_quality(choice).goodness_of_fit};
}

}  // namespace eddy::search
