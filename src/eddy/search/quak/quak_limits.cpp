#include <eddy/base/error.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/limits/passing_signal.hpp>
#include <eddy/search/quak/loss_networks.hpp>
#include <eddy/search/quak/quak_bumps.hpp>
#include <eddy/search/quak/quak_limits.hpp>
#include <eddy/search/quak/signal_shares.hpp>
#include <eddy/search/validation/learned_sample.hpp>
#include <eddy/stats/common_strength.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <utility>

namespace eddy::search {
namespace {

/// Held-out background, which decides the preselection whatever the data are.
struct BackgroundLosses {
  std::vector<float> loss;
  std::vector<float> weight;
};

/// A sample whose features are losses already.
LossSample as_losses(const Sample& sample) {
  return {sample.name, split_index(sample), sample.x, first_context(sample), base::single_precision(sample.weight)};
}

LossSample take_losses(const LossSample& sample, const std::vector<std::size_t>& rows) {
  return {sample.name, take(sample.index, rows), base::take_rows(sample.loss, rows), take(sample.mass, rows),
          take(sample.weight, rows)};
}

double sum_of_weights(const LossSample& sample) {
  return sample.weight.empty() ? static_cast<double>(sample.mass.size())
                               : std::accumulate(sample.weight.begin(), sample.weight.end(), 0.0);
}

/// How a signal is spread over categories and masses.
struct SignalSpread {
  CategoryShares categories;   ///< of events in the spectra
  std::vector<double> masses;  ///< (n_bins): of events that pass, in all categories; sum 1
  double passing = 0;          ///< fraction of all events in any category and in the spectra
};

SignalSpread spread_of(const LossSample& signal, const CategorySearch& where) {
  const std::vector<double>& edges = where.spectra.front().histogram.edges;
  std::vector<std::size_t> inside;
  for (std::size_t i = 0; i < signal.mass.size(); ++i) {
    if (signal.mass[i] >= edges.front() && signal.mass[i] < edges.back()) {
      inside.push_back(i);
    }
  }
  const LossSample in_spectra = take_losses(signal, inside);
  SignalSpread spread{.categories = shares_of(in_spectra, where.boxes),
                      .masses = std::vector<double>(edges.size() - 1)};
  if (!(spread.categories.passing > 0)) {
    return spread;
  }
  spread.passing = spread.categories.passing * sum_of_weights(in_spectra) / sum_of_weights(signal);
  double sum = 0;
  for (const LossBox& box : where.boxes) {
    std::vector<std::size_t> all(in_spectra.mass.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (const std::size_t row : rows_in(box, in_spectra.loss, all)) {
      const auto edge = std::ranges::upper_bound(edges, double{in_spectra.mass[row]});
      const double weight = in_spectra.weight.empty() ? 1 : in_spectra.weight[row];
      spread.masses[static_cast<std::size_t>(edge - edges.begin()) - 1] += weight;
      sum += weight;
    }
  }
  std::ranges::for_each(spread.masses, [sum](double& mass) { mass /= sum; });
  return spread;
}

void require_seen(const SignalSpread& spread, std::size_t n, double at_least, const std::string& what) {
  if (spread.categories.n_effective < at_least) {
    throw base::InputError(fmt::format(
        "{} of {} events of {} are behind the preselection and inside the mass spectra, and a limit needs {:.0f}: give "
        "more signal events, raise [quak] preselection, or set fit_range where the signal is",
        spread.passing > 0 ? fmt::format("{:.4g}", spread.categories.n_effective) : "none", n, what, at_least));
  }
}

/// Categories in which a signal can be fitted, at places that do not move.
struct FittedCategories {
  std::deque<stats::BumpProblem> problems;
  std::deque<stats::BumpMinimum> nulls;
  std::vector<stats::SharedSpectrum> spectra;
};

/// The rules of the scan: categories with too few events, or without a fit of background, take no part.
void fit_backgrounds(const CategorySearch& where, const SignalSpread& spread, FittedCategories& fitted) {
  const double fewest = stats::CategoryScanOptions{}.min_events;
  for (std::size_t c = 0; c < where.spectra.size(); ++c) {
    const stats::MassHistogram& histogram = where.spectra[c].histogram;
    const double n = std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0.0);
    if (n < fewest || !(spread.categories.share[c] > 0)) {
      continue;
    }
    stats::BumpProblem problem =
        stats::make_problem(histogram, where.shape, spread.masses, {}, std::vector<bool>(histogram.n_bins(), true));
    stats::BumpMinimum null =
        stats::minimise(problem.model, problem.data, {0, false}, stats::starting_point(problem.model, problem.data));
    if (null.converged) {
      fitted.problems.push_back(std::move(problem));
      fitted.nulls.push_back(std::move(null));
      fitted.spectra.push_back(
          {fitted.problems.back().model, fitted.problems.back().data, fitted.nulls.back(), spread.categories.share[c]});
    }
  }
}

/// Fills the numbers of `point`, in signal events that pass; they stay NaN where there is no fit.
void fit_signal(const CategorySearch& where, const SignalSpread& spread, WorkingPoint& point) {
  FittedCategories fitted;
  fit_backgrounds(where, spread, fitted);
  point.z = kNoNumber;
  if (fitted.spectra.empty()) {
    return;
  }
  const stats::CommonFit fit = stats::fit_common_strength(fitted.spectra, 0);
  if (!fit.converged || !(fit.strength_error > 0)) {
    return;
  }
  try {
    const stats::UpperLimit limit = stats::common_upper_limit(fitted.spectra, fit);
    point.upper_limit = limit.observed;
    point.expected_limit = limit.expected;
  } catch (const base::NumericError&) {
    return;
  }
  point.strength = fit.strength;
  point.strength_error = fit.strength_error;
  point.z = fit.signed_root;
}

/// A fraction of the events of `sample`, with its binomial error.
double fraction_error(double fraction, const Sample& sample) {
  return std::sqrt(fraction * (1 - fraction) / effective_size(weights_or_ones(sample)));
}

std::vector<InjectedCut> search_with_signal(const BackgroundLosses& background, const Search& with_signal) {
  const Sample& data = with_signal.inputs.data;
  const Sample& kept_aside = with_signal.inputs.benchmark_signal;
  const LossSample losses = as_losses(data);
  const CategorySearch where = divide_into_categories(
      {.data = losses, .background_loss = background.loss, .background_weight = background.weight}, with_signal.config);
  const SignalSpread spread = spread_of(as_losses(kept_aside), where);
  require_seen(spread, kept_aside.size(), kFewestForShares, "the signal that are kept aside");
  std::vector<std::size_t> injected;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.truth[i] != 0) {
      injected.push_back(i);
    }
  }
  WorkingPoint point;
  fit_signal(where, spread, point);
  return {{.efficiency = spread.passing,
           .efficiency_error = fraction_error(spread.passing, kept_aside),
           .passed = spread_of(take_losses(losses, injected), where).passing * static_cast<double>(injected.size()),
           .signal = passing_signal(point)}};
}

/// The inputs of `search` with losses for features.
SearchInputs inputs_in_losses(const Search& search, const LossSpace& space) {
  SearchInputs inputs = null_inputs_like(search.inputs);
  inputs.records = search.inputs.records;
  inputs.data = search.inputs.data;
  inputs.data.x = space.data.loss;
  inputs.data.truth.clear();
  inputs.background.name = "background";
  inputs.background.x = space.background.loss;
  inputs.background.weight.assign(space.background.weight.begin(), space.background.weight.end());
  return inputs;
}

}  // namespace

SignalSearch seek_in_losses(const Search& search, const Finding& finding, const LimitSignal& signal) {
  const auto* found = evidence_of<CategorySearch>(finding);
  if (found == nullptr) {
    throw base::InputError(
        "no category of the search was fitted, so it says nothing of a signal: the warnings of its report say why");
  }
  const LossSpace& space = finding.loss_space.value();
  const LossNetworks networks = train_loss_networks(search.inputs, search.config, search.store, search.monitor);
  SignalSearch sought{.anew =
                          "Categories, spectra and fits were made anew, with the networks of the search, which know "
                          "simulation alone,",
                      .inputs = std::make_shared<const SearchInputs>(inputs_in_losses(search, space)),
                      .signal = signal,
                      .points = finding.working_points,
                      .run = {}};
  sought.signal.events.x = losses_of(networks, signal.events.x);
  const SignalSpread spread = spread_of(as_losses(sought.signal.events), *found);
  require_seen(spread, signal.events.size(), 2 * kFewestForShares,
               fmt::format("--signal '{}'", signal.record.file));  // half of them are kept aside
  fit_signal(*found, spread, sought.points.front());
  sought.run = [background = BackgroundLosses{first_loss(space.background), space.background.weight}](
                   const Search& with_signal) { return search_with_signal(background, with_signal); };
  return sought;
}

}  // namespace eddy::search
