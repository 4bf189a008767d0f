#include <eddy/base/error.hpp>
#include <eddy/search/bump_background.hpp>
#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/spectrum_holes.hpp>
#include <eddy/stats/counting.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace eddy::search {
namespace {

using base::InputError;

constexpr double kWidthsInside = 2;    // of a scanned Gaussian, between its mean and the ends of the range
constexpr double kPointsPerWidth = 4;  // of the scan of the signal region

void require_settings(const BumpHuntSettings& settings, std::span<const float> masses) {
  if (!(settings.width > 0) || std::isinf(settings.width)) {
    throw InputError(
        fmt::format("[bump_hunt] width is {}: give the standard deviation of the signal relative to its "
                    "mass, above 0, such as 0.04",
                    settings.width));
  }
  if (settings.order < 0 || settings.scan_points < 0 || settings.toys < 0) {
    throw InputError(fmt::format("[bump_hunt] order, scan_points and toys are {}, {} and {}: none may be negative",
                                 settings.order, settings.scan_points, settings.toys));
  }
  const auto bad = std::ranges::find_if(masses, [](float mass) { return !std::isfinite(mass); });
  if (bad != masses.end()) {
    throw InputError(
        fmt::format("the mass of event {} is {}: remove events without a finite mass", bad - masses.begin(), *bad));
  }
}

/// Runs `fit`; where it fails, `failures` says of `what`.
void attempt(const std::string& what, std::vector<std::string>& failures, const std::function<void()>& fit) {
  try {
    fit();
  } catch (const base::NumericError& error) {
    failures.push_back(fmt::format("{}: {}", what, error.what()));
  } catch (const InputError& error) {  // settings were checked before: bins or events do not suffice
    failures.push_back(fmt::format("{}: {}", what, error.what()));
  }
}

/// Events that give the signal its shape.
struct TemplateEvents {
  std::span<const float> masses;
  std::span<const double> weights;  ///< empty: 1 each
};

/// Sums of weights in each bin of `histogram`.
std::vector<double> sums_per_bin(const TemplateEvents& events, const stats::MassHistogram& histogram) {
  if (events.weights.empty()) {
    return stats::fill_histogram(histogram.edges, {events.masses.begin(), events.masses.end()}).counts;
  }
  std::vector<double> sums(histogram.n_bins());
  for (std::size_t i = 0; i < events.masses.size(); ++i) {
    const auto above = std::ranges::upper_bound(histogram.edges, double{events.masses[i]});
    if (above != histogram.edges.begin() && above != histogram.edges.end()) {
      sums[static_cast<std::size_t>(above - histogram.edges.begin()) - 1] += events.weights[i];
    }
  }
  return sums;
}

/// A bin cannot expect less than nothing: where negative weights prevail, the template is 0, and that is said.
void fill_negative_bins(double total, std::vector<double>& sums, std::vector<std::string>& failures) {
  double missing = 0;
  for (double& sum : sums) {
    missing += std::max(0.0, -sum);
    sum = std::max(0.0, sum);
  }
  if (missing > 0) {
    failures.push_back(
        fmt::format("signal template: in some bins negative weights prevail, {:.2g} % of the yield, and nothing is "
                    "expected there instead: generate more events, or make the weights positive",
                    100 * missing / total));
  }
}

/// Fraction of the signal in each bin of `histogram`; what lies outside counts for the whole.
std::vector<double> template_of(const TemplateEvents& events, const stats::MassHistogram& histogram,
                                std::vector<std::string>& failures) {
  const double total = events.weights.empty() ? static_cast<double>(events.masses.size())
                                              : std::accumulate(events.weights.begin(), events.weights.end(), 0.0);
  std::vector<double> fractions = sums_per_bin(events, histogram);
  fill_negative_bins(total, fractions, failures);
  if (!(std::reduce(fractions.begin(), fractions.end()) > 0)) {
    throw InputError(
        fmt::format("none of the {} events of [bump_hunt] template lies, with a weight, in the fit range {} to {}: "
                    "correct the unit of their mass or widen the range",
                    events.masses.size(), histogram.edges.front(), histogram.edges.back()));
  }
  for (double& fraction : fractions) {
    fraction /= total;
  }
  return fractions;
}

/// The bins and the signal that is sought in them; nothing fitted yet.
BumpHunt prepare(std::span<const float> masses, const std::vector<double>& edges, stats::MassWindow window,
                 const BumpHuntSettings& settings, const TemplateEvents& signal) {
  BumpHunt hunt;
  hunt.spectrum = hunt_spectrum(masses, edges, window, settings);
  const std::vector<double>& counts = hunt.spectrum.counts;
  hunt.n_outside_range = static_cast<double>(masses.size()) - std::reduce(counts.begin(), counts.end());
  hunt.signal_bins = stats::bins_of(hunt.spectrum, window);
  hunt.observed = std::reduce(counts.begin() + static_cast<std::ptrdiff_t>(hunt.signal_bins.first),
                              counts.begin() + static_cast<std::ptrdiff_t>(hunt.signal_bins.last));
  const double mass = settings.mass != 0 ? settings.mass : 0.5 * (window.low + window.high);
  hunt.signal_shape = {mass, settings.width * std::abs(mass)};
  hunt.signal_template = signal.masses.empty() ? stats::signal_template(hunt.signal_shape, hunt.spectrum)
                                               : template_of(signal, hunt.spectrum, hunt.failures);
  return hunt;
}

/// Corrects the prediction, and adds a relative error that all its bins share.
void apply_closure(stats::SidebandPrediction& prediction, double closure, double relative) {
  std::vector<double>& expected = prediction.expected;
  for (double& in_bin : expected) {
    in_bin *= closure;
  }
  prediction.total *= closure;
  prediction.total_error *= closure;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t j = 0; j < expected.size(); ++j) {
      prediction.covariance(i, j) *= closure * closure;
      prediction.covariance(i, j) += relative * expected[i] * relative * expected[j];
    }
  }
  prediction.total_error = std::hypot(prediction.total_error, relative * prediction.total);
}

void predict_background(BumpHunt& hunt, const stats::BackgroundShape& shape, stats::MassWindow window,
                        const BumpHuntSettings& settings) {
  attempt("counting in the signal region", hunt.failures, [&] {
    stats::SidebandPrediction prediction = stats::predict_from_sidebands(hunt.spectrum, shape, window);
    apply_closure(prediction, settings.closure, settings.closure_error);
    const stats::PValue p = stats::counting_p_value(hunt.observed, prediction.total, prediction.total_error);
    hunt.counting_p_value = p.value;
    hunt.counting_z = stats::to_significance(p).z;
    hunt.prediction = std::move(prediction);
  });
}

/// What a fit sees as a signal where there is none: a part of the predicted background of the signal region, in the
/// shape of the signal, on top of what is expected in each bin.
stats::LogNormalNuisance spurious_nuisance(const BumpHunt& hunt, const BumpHuntSettings& settings) {
  const stats::SidebandPrediction& prediction = *hunt.prediction;
  std::vector<double> per_bin(hunt.spectrum.n_bins());
  for (std::size_t bin = 0; bin < per_bin.size(); ++bin) {
    const bool is_inside = bin >= hunt.signal_bins.first && bin < hunt.signal_bins.last;
    const double background = prediction.fit.background[bin] * (is_inside ? settings.closure : 1);
    per_bin[bin] = background > 0 ? settings.spurious * prediction.total * hunt.signal_template[bin] / background : 0;
  }
  const double largest = std::ranges::max(per_bin);
  for (double& value : per_bin) {
    value /= largest;
  }
  return {"spurious signal", stats::NuisanceTarget::kBackground, std::expm1(largest), std::move(per_bin), 1};
}

std::vector<stats::LogNormalNuisance> background_nuisances(const BumpHunt& hunt, const BumpHuntSettings& settings) {
  std::vector<stats::LogNormalNuisance> nuisances;
  if (settings.closure_error > 0) {
    nuisances.push_back(step_nuisance(hunt.spectrum, hunt.signal_bins, settings));
  }
  if (settings.spurious > 0 && hunt.prediction) {
    nuisances.push_back(spurious_nuisance(hunt, settings));
  }
  return nuisances;
}

void fit_signal(BumpHunt& hunt, const stats::BackgroundShape& shape, const BumpHuntSettings& settings) {
  stats::BumpSignalOptions options;
  options.nuisances = background_nuisances(hunt, settings);
  if (settings.signal_uncertainty > 0) {
    options.nuisances.push_back({"signal yield", stats::NuisanceTarget::kSignal, settings.signal_uncertainty, {}});
  }
  hunt.nuisances = options.nuisances;
  attempt("signal and background fit", hunt.failures,
          [&] { hunt.signal = stats::fit_signal(hunt.spectrum, shape, hunt.signal_template, options); });
}

/// `n` evenly spaced masses from `low` to `high`, each with its relative width; one in the middle for n = 1.
std::vector<stats::GaussianSignal> signal_grid(double low, double high, std::size_t n, double relative_width) {
  std::vector<stats::GaussianSignal> signals;
  for (std::size_t i = 0; i < n && low <= high; ++i) {
    const double fraction = n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 0.5;
    const double mass = low + fraction * (high - low);
    if (mass != 0) {
      signals.push_back({mass, relative_width * std::abs(mass)});
    }
  }
  return signals;
}

/// Lowest and highest mass around the window up to which no bin is much wider than the signal: where bins are merged,
/// the place of a narrow bump in them means nothing.
stats::MassWindow fine_range(const BumpHunt& hunt, double relative_width) {
  const std::vector<double>& edges = hunt.spectrum.edges;
  const auto is_fine = [&](std::size_t bin) {
    const double centre = 0.5 * std::abs(edges[bin] + edges[bin + 1]);
    return edges[bin + 1] - edges[bin] <= 2 * kWidthsInside * relative_width * centre;
  };
  auto [first, last] = hunt.signal_bins;
  while (first > 0 && is_fine(first - 1)) {
    --first;
  }
  while (last < hunt.spectrum.n_bins() && is_fine(last)) {
    ++last;
  }
  return {edges[first], edges[last]};
}

/// Masses of the window, and beyond it those whose Gaussian lies in the range, as far as kWidthsInside.
std::vector<stats::GaussianSignal> range_grid(const BumpHunt& hunt, stats::MassWindow window,
                                              const BumpHuntSettings& settings) {
  const double reach = kWidthsInside * settings.width;
  const auto [low, high] = fine_range(hunt, settings.width);
  return signal_grid(std::min(window.low, low / (1 - std::copysign(reach, low))),
                     std::max(window.high, high / (1 + std::copysign(reach, high))),
                     static_cast<std::size_t>(settings.scan_points), settings.width);
}

/// Masses of the window, in steps of a fraction of the width.
std::vector<stats::GaussianSignal> window_grid(stats::MassWindow window, const BumpHunt& hunt, double relative_width) {
  constexpr double kMostPoints = 200;
  const double n = std::ceil(kPointsPerWidth * (window.high - window.low) / hunt.signal_shape.width);
  return signal_grid(window.low, window.high, static_cast<std::size_t>(std::clamp(n, 1.0, kMostPoints)) + 1,
                     relative_width);
}

/// Local and global p-values; the local ones alone where pseudo-experiments fail.
void scan(const std::string& what, BumpHunt& hunt, const stats::BackgroundShape& shape,
          const std::vector<stats::GaussianSignal>& signals, const BumpHuntSettings& settings,
          const base::RandomStream& stream, const base::Monitor& monitor, std::optional<stats::MassScan>& result) {
  const auto scan_with = [&](std::int64_t toys) {
    attempt(what, hunt.failures, [&] {
      result = stats::scan_masses(hunt.spectrum, shape, signals, stream,
                                  {static_cast<std::size_t>(toys), background_nuisances(hunt, settings), monitor});
    });
  };
  scan_with(settings.toys);
  if (!result && settings.toys > 0) {
    const std::size_t n_failures = hunt.failures.size();
    scan_with(0);
    hunt.failures.resize(n_failures);  // the same sentence again
  }
}

/// A sentence where the best shape is none: what follows converges, and means nothing.
void require_description(BumpHunt& hunt, const stats::OrderChoice& choice) {
  const double goodness = chosen_quality(choice).goodness_of_fit;
  if (goodness < kSmallestGoodness) {
    hunt.failures.push_back(
        fmt::format("background shape: a {} does not describe the sidebands from {} to {} (goodness of fit {:.2g}), so "
                    "do not trust "
                    "significances and limits: choose another shape, a higher order or another range",
                    hunt.shape, hunt.spectrum.edges.front(), hunt.spectrum.edges.back(), goodness));
  }
}

/// A sentence where the range that was asked for reaches beyond the selected masses.
void note_range(BumpHunt& hunt, const std::vector<double>& range) {
  const double low = hunt.spectrum.edges.front();
  const double high = hunt.spectrum.edges.back();
  if (range.size() == 2 && (low > range[0] || high < range[1])) {
    hunt.failures.push_back(fmt::format(
        "fit range: [bump_hunt] range = [{}, {}] reaches beyond the selected masses, where bins without events say "
        "nothing, so the fit reaches from {} to {}: set the range inside the selection",
        range[0], range[1], low, high));
  }
}

/// A sentence where masses inside the range were never selected.
void note_hole(BumpHunt& hunt, std::span<const float> masses) {
  const std::vector<double>& edges = hunt.spectrum.edges;
  if (const auto hole = find_hole(masses, {edges.front(), edges.back()})) {
    hunt.failures.push_back(fmt::format("spectrum: {}; do not trust its significances and limits",
                                        hole_sentence(*hole, "[bump_hunt] range")));
  }
}

/// A sentence where a bin of the sidebands lacks events that the fit is sure of.
void note_unlikely_bin(BumpHunt& hunt, std::span<const float> masses, const std::vector<double>& edges) {
  if (!hunt.prediction) {
    return;
  }
  hunt.unlikely_bin = find_unlikely_bin(masses, edges, hunt.spectrum, *hunt.prediction);
  if (hunt.unlikely_bin) {
    hunt.failures.push_back(unlikely_bin_sentence(*hunt.unlikely_bin));
  }
}

/// A sentence where the fit could not go where the data pull it, so that its Z says less than the count does.
void note_bound(BumpHunt& hunt) {
  constexpr double kFar = 2;  // standard deviations
  if (!hunt.signal || !hunt.signal->at_bound) {
    return;
  }
  const bool disagrees =
      hunt.prediction && std::isfinite(hunt.counting_z) && std::abs(hunt.counting_z - hunt.signal->z) > kFar;
  if (hunt.signal->strength >= 0 || disagrees) {
    hunt.failures.push_back(fmt::format(
        "signal and background fit: it stands at its bound, a signal of {:.3g} events, because a deficit uses up the "
        "background of a bin, so do not quote Z = {:.2f} and its limit (counting in the signal region: {})",
        hunt.signal->strength, hunt.signal->z,
        hunt.prediction ? fmt::format("Z = {:.2f}", hunt.counting_z) : std::string("no prediction")));
  }
}

void fit_all(BumpHunt& hunt, stats::MassWindow window, const BumpHuntSettings& settings,
             const base::RandomStream& stream, const base::Monitor& monitor) {
  if (std::reduce(hunt.spectrum.counts.begin(), hunt.spectrum.counts.end()) == 0) {
    hunt.failures.push_back(
        fmt::format("no event passes from {} to {}, so there is nothing to fit and no number: loosen the cut",
                    hunt.spectrum.edges.front(), hunt.spectrum.edges.back()));
    return;
  }
  std::optional<stats::OrderChoice> choice;
  attempt("background shape", hunt.failures, [&] { choice = choose_background(hunt.spectrum, window, settings); });
  if (!choice) {
    return;
  }
  hunt.order_steps = choice->steps;
  hunt.shape = stats::describe(choice->shape);
  hunt.background_shape = choice->shape;
  require_description(hunt, *choice);
  predict_background(hunt, choice->shape, window, settings);
  fit_signal(hunt, choice->shape, settings);
  note_bound(hunt);
  if (settings.scan_points > 0 && settings.spurious > 0) {
    hunt.failures.emplace_back(
        "mass scans: windows beside the signal region see a signal where there is none, whose size is known for the "
        "mass that is sought alone, so other masses are not quoted");
  } else if (settings.scan_points > 0) {
    scan("mass scan", hunt, choice->shape, range_grid(hunt, window, settings), settings, stream, monitor, hunt.scan);
    scan("mass scan of the signal region", hunt, choice->shape, window_grid(window, hunt, settings.width), settings,
         stream, monitor, hunt.scan_signal_region);
  }
}

}  // namespace

stats::LogNormalNuisance step_nuisance(const stats::MassHistogram& spectrum, stats::BinRange signal_bins,
                                       const BumpHuntSettings& settings) {
  std::vector<double> in_window(spectrum.n_bins());
  for (std::size_t bin = signal_bins.first; bin < signal_bins.last; ++bin) {
    in_window[bin] = 1;
  }
  return {"closure", stats::NuisanceTarget::kBackground, settings.closure_error, in_window, settings.closure};
}

double goodness_of_fit(const BumpHunt& hunt) {
  if (hunt.prediction) {
    return hunt.prediction->fit.quality.goodness_of_fit;
  }
  return hunt.signal ? hunt.signal->best.quality.goodness_of_fit : std::numeric_limits<double>::quiet_NaN();
}

BumpHuntSettings settings_for_subsets(BumpHuntSettings settings, const BumpHunt& all) {
  settings.range = {all.spectrum.edges.front(), all.spectrum.edges.back()};
  settings.range_is_covered = true;
  if (settings.order == 0 && all.background_shape) {
    settings.order = order_of(*all.background_shape);
  }
  return settings;
}

BumpHunt hunt_bump(std::span<const float> masses, stats::MassWindow window, const BumpHuntSettings& settings,
                   std::span<const float> template_masses, const base::RandomStream& stream,
                   std::span<const double> template_weights, const base::Monitor& monitor) {
  require_settings(settings, masses);
  const std::vector<double> edges = bump_hunt_edges(masses, window, settings);
  BumpHunt hunt = prepare(masses, edges, window, settings, {template_masses, template_weights});
  if (!settings.range_is_covered) {
    note_range(hunt, settings.range);
    note_hole(hunt, masses);
  }
  fit_all(hunt, window, settings, stream, monitor);
  note_unlikely_bin(hunt, masses, edges);
  return hunt;
}

}  // namespace eddy::search
