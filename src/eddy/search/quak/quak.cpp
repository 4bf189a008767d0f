#include <eddy/base/single_precision.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/evidence/categories.hpp>
#include <eddy/search/judgement.hpp>
#include <eddy/search/quak/loss_networks.hpp>
#include <eddy/search/quak/loss_scorer.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>
#include <eddy/search/quak/quak.hpp>
#include <eddy/search/quak/quak_bumps.hpp>
#include <eddy/search/quak/quak_evaluation.hpp>
#include <eddy/search/search_record.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

LossSample in_loss_space(const std::string& name, const Sample& sample, const LossNetworks& space) {
  return {name, split_index(sample), losses_of(space, sample.x), first_context(sample),
          base::single_precision(sample.weight)};
}

void enter_loss_space(const SearchInputs& inputs, const SearchConfig& config, const LossNetworks& space, Finding& out) {
  LossSpace& losses = out.loss_space.emplace();
  losses.signal_width = config.quak.width;
  losses.losses = space.names;
  losses.data = in_loss_space("data", inputs.data, space);
  losses.background = in_loss_space("background", held_out_part(config, inputs.background), space);
  for (std::size_t p = 0; p < inputs.priors.size(); ++p) {
    losses.priors.push_back(in_loss_space(config.priors[p].name, held_out_part(config, inputs.priors[p]), space));
  }
  for (std::size_t s = 0; s < inputs.evaluated.size(); ++s) {
    losses.signals.push_back(in_loss_space(config.evaluate[s].name, inputs.evaluated[s], space));
  }
}

/// What may describe the spectra better, for a warning.
std::string better_shapes(const QuakSettings& settings) {
  return fmt::format("{}{}", settings.order > 0 ? "leave [quak] order at 0, which chooses it, " : "",
                     settings.shape == "bernstein" ? "set shape = \"dijet\" and sqrt_s, or " : "");
}

/// A background that does not describe the spectra makes p-values mean little.
void warn_of_poor_fits(const CategorySearch& search, const QuakSettings& config, Finding& out) {
  for (const stats::CategoryFit& fit : search.scan.categories) {
    if (!fit.left_out.empty()) {
      out.warnings.push_back(fmt::format("category {} takes no part: {}", fit.name, fit.left_out));
    }
  }
  if (std::isnan(search.goodness_of_fit)) {
    out.warnings.push_back(fmt::format(
        "whether a {} describes the spectra cannot be judged: beside the largest excess hardly more bins than it has "
        "parameters hold events enough, so no significance may be quoted; give [quak] bins finer ones, or a fit_range "
        "that reaches farther beside it",
        stats::describe(search.shape)));
  }
  if (search.goodness_of_fit < kSmallestGoodness) {
    out.warnings.push_back(fmt::format(
        "background shape: a {} does not describe the spectra beside the largest excess (goodness of fit {:.2g}), so "
        "do "
        "not trust significances and limits: {}narrow fit_range",
        stats::describe(search.shape), search.goodness_of_fit, better_shapes(config)));
  }
}

/// Events of one loss stay together, so that some categories are larger than others.
void warn_of_ties(const CategorySearch& search, Finding& out) {
  const std::vector<stats::CategoryFit>& fits = search.scan.categories;
  const auto [fewest, most] = std::ranges::minmax(fits, {}, &stats::CategoryFit::n_events);
  const double share = static_cast<double>(search.n_preselected) / static_cast<double>(fits.size());
  if (most.n_events - fewest.n_events > 0.1 * share + 2) {
    out.warnings.push_back(
        fmt::format("the categories hold {:.0f} to {:.0f} events instead of {:.0f} each: many events have the same "
                    "losses, and ties "
                    "are kept whole; give features that tell more events apart",
                    fewest.n_events, most.n_events, share));
  }
}

void look_for_bumps(const SearchInputs& inputs, const SearchConfig& config, const base::Monitor& monitor,
                    Finding& out) {
  LossSpace& space = *out.loss_space;
  const std::vector<float> background_loss = first_loss(space.background);
  const LossSpectrum spectrum{.data = space.data,
                              .background_loss = background_loss,
                              .background_weight = space.background.weight,
                              .truth = inputs.data.truth,
                              .priors = &space.priors};
  const std::string uncovered = uncovered_range(space.data.mass, config.quak);
  if (!uncovered.empty()) {
    out.warnings.push_back(uncovered);
  }
  // Too few events in the categories, or no fit: the search goes on with what else it can say.
  describe_by("the search for a bump in categories", out.warnings, [&] {
    const CategorySearch search = search_categories(spectrum, config, monitor);
    set_numbers(out.working_points.emplace_back(), search);
    if (search.unlikely_bin) {
      out.warnings.push_back(unlikely_bin_sentence(*search.unlikely_bin, "categories", "[quak] fit_range"));
    }
    out.warnings.insert(out.warnings.end(), search.without_shares.begin(), search.without_shares.end());
    warn_of_poor_fits(search, config.quak, out);
    warn_of_ties(search, out);
  });
  describe_by("the search for a bump behind cuts", out.warnings,
              [&] { space.cuts = search_cuts(spectrum, config, monitor); });
}

void evaluate_signals(const SearchInputs& inputs, const SearchConfig& config, const LossNetworks& networks,
                      const base::TaskStore& store, const base::Monitor& monitor, Finding& out) {
  if (inputs.evaluated.empty()) {
    return;
  }
  LossSpace& space = *out.loss_space;
  std::vector<Separation> classifiers = separate_by_discriminants(space, config, store, monitor);
  std::ranges::move(separate_in_latent(inputs, networks, config, store, monitor), std::back_inserter(classifiers));
  std::ranges::move(separate_supervised(inputs, config, store, monitor), std::back_inserter(classifiers));
  for (const LossSample& signal : space.signals) {
    std::ranges::move(separate_by_cuts(space.background, signal), std::back_inserter(space.separations));
    std::ranges::copy_if(classifiers, std::back_inserter(space.separations),
                         [&](const Separation& separation) { return separation.signal == signal.name; });
    space.separations.push_back(random_cut(signal.name));
  }
}

/// The space of losses with all samples in it: in a blind search, with the data outside the signal region.
LossNetworks make_loss_space(const Search& search, Finding& out) {
  const auto& [inputs, config, store, monitor] = search;
  describe_search(config, inputs, out);
  out.data = to_be_scored("data", inputs.data);
  LossNetworks space = train_loss_networks(inputs, config, store, monitor);
  out.training = space.training;
  if (space.scaling.fitted) {
    record_clipped(space.scaling.fitted->count_clipped(inputs.data.x), inputs, "the background's range", monitor, out);
  }
  enter_loss_space(inputs, config, space, out);
  return space;
}

}  // namespace

SearchRun run_quak(const Search& search) {
  const auto& [inputs, config, store, monitor] = search;
  SearchRun run;
  Finding& out = run.finding;
  const LossNetworks space = make_loss_space(search, out);
  if (!inputs.contexts.empty()) {
    look_for_bumps(inputs, config, monitor, out);
  }
  describe_by("the evaluation with signals", out.warnings,
              [&] { evaluate_signals(inputs, config, space, store, monitor, out); });
  run.scorer = make_loss_scorer(space, out);
  return run;
}

SearchRun prepare_quak(const Search& search) {
  SearchRun run;
  const LossNetworks space = make_loss_space(search, run.finding);
  // Networks and judging events are simulation; spectra, categories and cuts of the data wait.
  describe_by("the evaluation with signals", run.finding.warnings, [&] {
    evaluate_signals(search.inputs, search.config, space, search.store, search.monitor, run.finding);
  });
  return run;
}

}  // namespace eddy::search
