#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/search/covered_range.hpp>
#include <eddy/search/quak/quak_bumps.hpp>
#include <eddy/search/quak/signal_shares.hpp>
#include <eddy/search/quak/spectra_shape.hpp>
#include <eddy/search/spectrum_holes.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace eddy::search {
namespace {

std::array<double, 2> fit_range(const QuakSettings& settings) {
  const std::vector<double>& range = settings.fit_range.empty() ? settings.scan : settings.fit_range;
  return {range[0], range[1]};
}

/// `n` values from low to high, both included.
std::vector<double> evenly_spaced(double low, double high, std::size_t n) {
  std::vector<double> values(n, low);
  for (std::size_t i = 1; i < n; ++i) {
    values[i] = low + (high - low) * static_cast<double>(i) / static_cast<double>(n - 1);
  }
  return values;
}

std::vector<double> masses_to_scan(const QuakSettings& settings) {
  return evenly_spaced(settings.scan[0], settings.scan[1], static_cast<std::size_t>(settings.scan_points));
}

/// The fit range without what lies beyond the selected masses: there, empty bins say nothing about the background.
stats::MassWindow range_of(std::span<const float> masses, const QuakSettings& settings) {
  const auto [low, high] = fit_range(settings);
  return covered_range(masses, {low, high}, (high - low) / static_cast<double>(settings.bins));
}

/// The borders of the spectra, as many bins as were asked for.
std::vector<double> edges_of(std::span<const float> masses, const QuakSettings& settings) {
  const stats::MassWindow range = range_of(masses, settings);
  return evenly_spaced(range.low, range.high, static_cast<std::size_t>(settings.bins) + 1);
}

stats::MassHistogram histogram_of(const LossSample& data, const std::vector<std::size_t>& rows,
                                  std::vector<double> edges) {
  std::vector<double> masses;
  for (const std::size_t row : rows) {
    masses.push_back(data.mass[row]);
  }
  return stats::fill_histogram(std::move(edges), masses);
}

stats::CategoryScanOptions scan_options(const QuakSettings& settings, const stats::BackgroundShape& shape,
                                        std::size_t n_toys) {
  return {.shape = shape,
          .relative_width = settings.width,
          .min_events = stats::CategoryScanOptions{}.min_events,
          .n_toys = n_toys};
}

base::RandomStream stream_of(const SearchConfig& config) { return {seed_of(config), "quak toys"}; }

/// Data events inside the bins.
std::vector<std::size_t> rows_in_bins(const LossSample& data, const std::vector<double>& edges) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.mass.size(); ++i) {
    if (data.mass[i] >= edges.front() && data.mass[i] < edges.back()) {
      rows.push_back(i);
    }
  }
  return rows;
}

LossBox background_cut(std::size_t n_losses, double threshold) {
  LossBox box{std::vector<double>(n_losses, -base::kInfinity), std::vector<double>(n_losses, base::kInfinity)};
  box.low[0] = threshold;
  return box;
}

/// "2 × 3": parts of each dimension, counted from the smallest loss.
std::string name_of(std::size_t category, std::size_t n, std::size_t n_losses) {
  std::vector<std::size_t> parts(n_losses);
  for (std::size_t d = n_losses; d-- > 0; category /= n) {
    parts[d] = category % n + 1;
  }
  return fmt::format("{}", fmt::join(parts, " × "));
}

std::vector<float> losses_along(base::MatrixView losses, const std::vector<std::size_t>& rows, std::size_t d) {
  std::vector<float> values;
  for (const std::size_t row : rows) {
    values.push_back(losses(row, d));
  }
  return values;
}

/// The cut on its own loss that a fraction of the held-out background passes.
double background_quantile(const LossSpectrum& spectrum, double fraction) {
  return upper_quantile({spectrum.background_loss.begin(), spectrum.background_loss.end()}, fraction,
                        spectrum.background_weight);
}

/// All cuts of the grid, without fits.
std::vector<LossCut> grid_of_cuts(const LossSpectrum& spectrum, const SearchConfig& config) {
  const base::MatrixView losses = spectrum.data.loss;
  const std::vector<std::size_t> all = rows_in_bins(spectrum.data, edges_of(spectrum.data.mass, config.quak));
  std::vector<LossCut> cuts;
  for (const double fraction : config.quak.background_cuts) {
    const LossBox box = background_cut(losses.cols, background_quantile(spectrum, fraction));
    const std::vector<std::size_t> rows = rows_in(box, losses, all);
    cuts.push_back({.box = box, .prior = {}});
    for (std::size_t d = 1; d < losses.cols && !rows.empty(); ++d) {
      for (const double kept : config.quak.prior_cuts) {
        LossCut cut{.box = box, .prior = config.priors[d - 1].name};
        cut.box.high[d] = lower_quantile(losses_along(losses, rows, d), kept);
        if (cut.box.high[d] < base::kInfinity) {
          cuts.push_back(std::move(cut));
        }
      }
    }
  }
  return cuts;
}

/// Of the sum of all categories that take part, with what their fits with signal expect: where the spectrum of one has
/// a few events a bin, that of all has enough to miss some.
std::optional<UnlikelyBin> unlikely_bin_of_all(const CategorySearch& search) {
  stats::MassHistogram sum{search.spectra.front().histogram.edges, {}};
  sum.counts.resize(sum.edges.size() - 1);
  std::vector<double> mean(sum.counts.size());
  for (std::size_t c = 0; c < search.spectra.size(); ++c) {
    const std::vector<double>& fitted = search.scan.categories[c].mean;
    for (std::size_t i = 0; i < fitted.size(); ++i) {
      sum.counts[i] += search.spectra[c].histogram.counts[i];
      mean[i] += fitted[i];
    }
  }
  return find_unlikely_bin(sum, mean);
}

/// Of the events in the boxes, each counting its weight.
double median_mass(const LossSample& sample, const std::vector<LossBox>& boxes) {
  std::vector<std::size_t> all(sample.mass.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<std::pair<double, double>> masses;  // and weights
  double sum = 0;
  for (const LossBox& box : boxes) {
    for (const std::size_t row : rows_in(box, sample.loss, all)) {
      masses.emplace_back(sample.mass[row], sample.weight.empty() ? 1 : sample.weight[row]);
      sum += masses.back().second;
    }
  }
  std::ranges::sort(masses);
  double below = 0;
  for (const auto& [mass, weight] : masses) {
    below += weight;
    if (below >= 0.5 * sum) {
      return mass;
    }
  }
  return 0;
}

/// The signals of the simultaneous likelihoods: of any shares first, then those of each prior that has events enough.
std::vector<stats::SignalShares> signals_of(const LossSpectrum& spectrum, CategorySearch& found) {
  if (spectrum.priors == nullptr) {
    return {};
  }
  std::vector<stats::SignalShares> signals = {{.name = {}}};
  for (const LossSample& prior : *spectrum.priors) {
    const CategoryShares shares = shares_of(prior, found.boxes);
    if (shares.n_effective >= kFewestForShares) {
      signals.push_back({.name = prior.name, .share = shares.share});
      found.priors.push_back({prior.name, shares.passing, median_mass(prior, found.boxes)});
    } else {
      found.without_shares.push_back(fmt::format(
          "{:.3g} held-out events of the prior {} are behind the preselection, fewer than {:.0f}, so no likelihood of "
          "all categories goes by them; raise [quak] preselection, or give more events",
          shares.n_effective, prior.name, kFewestForShares));
    }
  }
  return signals;
}

struct FittedCut {
  stats::MassHistogram spectrum;
  std::optional<stats::CategoryScan> scan;
};

/// Fits the events behind `cut` and notes the best mass in it; no scan where that is not possible.
FittedCut fit_cut(const LossSpectrum& spectrum, const SearchConfig& config, const std::vector<double>& edges,
                  LossCut& cut) {
  const std::vector<std::size_t> rows = rows_in(cut.box, spectrum.data.loss, rows_in_bins(spectrum.data, edges));
  cut.n_events = rows.size();
  FittedCut fitted{histogram_of(spectrum.data, rows, edges), {}};
  if (static_cast<double>(rows.size()) < stats::CategoryScanOptions{}.min_events) {
    return fitted;
  }
  try {
    const std::vector<stats::MassCategory> alone = {{"cut", fitted.spectrum}};
    const std::vector<double> masses = masses_to_scan(config.quak);
    const stats::BackgroundShape shape = choose_shape(alone, masses, config.quak).shape;
    fitted.scan = stats::scan_categories(alone, masses, stream_of(config), scan_options(config.quak, shape, 0));
  } catch (const base::NumericError&) {
    return fitted;
  } catch (const base::InputError&) {  // no fit of background alone converged
    return fitted;
  }
  const stats::CategoryPoint& best = fitted.scan->categories.front().points[fitted.scan->best];
  cut.mass = fitted.scan->points[fitted.scan->best].mass;
  cut.strength = best.strength;
  cut.strength_error = best.strength_error;
  cut.z = best.z;
  return fitted;
}

}  // namespace

std::vector<float> first_loss(const LossSample& sample) {
  std::vector<float> losses(sample.loss.rows());
  for (std::size_t i = 0; i < losses.size(); ++i) {
    losses[i] = sample.loss(i, 0);
  }
  return losses;
}

void require_masses(std::span<const float> masses, const QuakSettings& settings) {
  const std::array<double, 2> range = fit_range(settings);
  if (std::ranges::none_of(masses, [&](float mass) { return mass >= range[0] && mass < range[1]; })) {
    throw base::InputError(
        fmt::format("no data event has a mass from {} to {}; set [quak] scan and fit_range in the unit of the masses",
                    range[0], range[1]));
  }
  const stats::MassWindow covered = range_of(masses, settings);
  const std::vector<double> scan = masses_to_scan(settings);
  if (std::ranges::none_of(scan, [&](double mass) { return mass > covered.low && mass < covered.high; })) {
    throw base::InputError(fmt::format(
        "none of the {} masses of the scan, from {} to {}, lies inside the spectrum of the selected events, from {} to "
        "{}; set [quak] scan inside the selection, or loosen the selection",
        scan.size(), settings.scan[0], settings.scan[1], covered.low, covered.high));
  }
  require_no_hole(masses, covered, "[quak] fit_range");
}

std::string uncovered_range(std::span<const float> masses, const QuakSettings& settings) {
  const std::array<double, 2> range = fit_range(settings);
  const stats::MassWindow covered = range_of(masses, settings);
  if (covered.low == range[0] && covered.high == range[1]) {
    return "";
  }
  return fmt::format(
      "the spectra would reach from {} to {}, beyond the selected masses, where bins without events say nothing: they "
      "reach from {} to {}; set [quak] fit_range inside the selection",
      range[0], range[1], covered.low, covered.high);
}

CategorySearch divide_into_categories(const LossSpectrum& spectrum, const SearchConfig& config) {
  const base::MatrixView losses = spectrum.data.loss;
  const auto n = static_cast<std::size_t>(config.quak.categories);
  CategorySearch found;
  found.threshold = background_quantile(spectrum, config.quak.preselection);
  found.signal_width = config.quak.width;
  const std::vector<double> edges = edges_of(spectrum.data.mass, config.quak);
  const std::vector<std::size_t> rows =
      rows_in(background_cut(losses.cols, found.threshold), losses, rows_in_bins(spectrum.data, edges));
  found.n_preselected = rows.size();
  if (!spectrum.truth.empty()) {
    found.n_true_signal =
        static_cast<double>(std::ranges::count_if(rows, [&](std::size_t row) { return spectrum.truth[row] != 0; }));
  }
  const std::vector<LossCategory> categories = equal_categories(losses, rows, n);
  for (std::size_t c = 0; c < categories.size(); ++c) {
    found.boxes.push_back(categories[c].box);
    found.boxes.back().low[0] = std::max(found.boxes.back().low[0], found.threshold);
    found.spectra.push_back({name_of(c, n, losses.cols), histogram_of(spectrum.data, categories[c].rows, edges)});
  }
  const SpectraShape background = choose_shape(found.spectra, masses_to_scan(config.quak), config.quak);
  found.shape = background.shape;
  found.goodness_of_fit = background.goodness_of_fit;
  return found;
}

CategorySearch search_categories(const LossSpectrum& spectrum, const SearchConfig& config,
                                 const base::Monitor& monitor) {
  CategorySearch found = divide_into_categories(spectrum, config);
  stats::CategoryScanOptions options =
      scan_options(config.quak, found.shape, static_cast<std::size_t>(config.quak.toys));
  options.shares = signals_of(spectrum, found);
  found.scan = stats::scan_categories(found.spectra, masses_to_scan(config.quak), stream_of(config), options, monitor);
  found.unlikely_bin = unlikely_bin_of_all(found);
  return found;
}

std::optional<CutSearch> search_cuts(const LossSpectrum& spectrum, const SearchConfig& config,
                                     const base::Monitor& monitor) {
  std::vector<LossCut> cuts = grid_of_cuts(spectrum, config);
  const std::vector<double> edges = edges_of(spectrum.data.mass, config.quak);
  std::vector<FittedCut> fits(cuts.size());
  base::parallel_tasks(cuts.size(), [&](std::size_t c) {
    monitor.check_stop();
    fits[c] = fit_cut(spectrum, config, edges, cuts[c]);
  });
  CutSearch found;
  for (std::size_t c = 0; c < cuts.size(); ++c) {
    if (!fits[c].scan) {
      ++found.n_failed;
      continue;
    }
    found.cuts.push_back(cuts[c]);
    if (found.cuts.size() == 1 || cuts[c].z > found.cuts[found.best].z) {
      found.best = found.cuts.size() - 1;
      found.spectrum = fits[c].spectrum;
      found.scan = *fits[c].scan;
    }
  }
  return found.cuts.empty() ? std::nullopt : std::optional(std::move(found));
}

}  // namespace eddy::search
