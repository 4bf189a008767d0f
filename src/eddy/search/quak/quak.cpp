#include <eddy/search/copies.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/quak/loss_networks.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>
#include <eddy/search/quak/quak.hpp>
#include <eddy/search/quak/quak_bumps.hpp>
#include <eddy/search/quak/quak_evaluation.hpp>
#include <eddy/search/search_record.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {
namespace {

LossSample in_loss_space(const std::string& name, const Sample& sample, const LossNetworks& space) {
  LossSample losses{name, split_index(sample), losses_of(space, sample.x), {}, sample.weight};
  for (std::size_t i = 0; i < sample.size() && sample.context.cols() > 0; ++i) {
    losses.mass.push_back(sample.context(i, 0));
  }
  return losses;
}

void enter_loss_space(const SearchInputs& inputs, const SearchConfig& config, const LossNetworks& space,
                      QuakOutput& out) {
  out.losses = space.names;
  out.data_losses = in_loss_space("data", inputs.data, space);
  out.background_losses = in_loss_space("background", held_out_part(config, inputs.background), space);
  for (std::size_t p = 0; p < inputs.priors.size(); ++p) {
    out.prior_losses.push_back(in_loss_space(config.priors[p].name, held_out_part(config, inputs.priors[p]), space));
  }
  for (std::size_t s = 0; s < inputs.evaluated.size(); ++s) {
    out.signal_losses.push_back(in_loss_space(config.evaluate[s].name, inputs.evaluated[s], space));
  }
}

std::vector<float> first_loss(const LossSample& sample) {
  std::vector<float> losses(sample.loss.rows());
  for (std::size_t i = 0; i < losses.size(); ++i) {
    losses[i] = sample.loss(i, 0);
  }
  return losses;
}

/// A background whose fit is poor somewhere makes p-values there mean little.
void warn_of_poor_fits(QuakOutput& out) {
  constexpr double kPoorFit = 0.01;
  std::size_t n_fitted = 0;
  std::size_t n_poor = 0;
  for (const stats::CategoryFit& fit : out.categories->scan.categories) {
    n_fitted += fit.null ? 1 : 0;
    n_poor += fit.null && fit.null->quality.goodness_of_fit < kPoorFit ? 1 : 0;
    if (!fit.left_out.empty()) {
      out.warnings.push_back(fmt::format("category {} takes no part: {}", fit.name, fit.left_out));
    }
  }
  if (n_poor > 0) {
    out.warnings.push_back(fmt::format(
        "the fit of background alone is poor (p < {}) in {} of {} categories: where that is not a large signal, raise "
        "[quak] order or narrow fit_range before quoting any significance",
        kPoorFit, n_poor, n_fitted));
  }
}

/// Events of one loss stay together, so that some categories are larger than others.
void warn_of_ties(QuakOutput& out) {
  const std::vector<stats::CategoryFit>& fits = out.categories->scan.categories;
  const auto [fewest, most] = std::ranges::minmax(fits, {}, &stats::CategoryFit::n_events);
  const double share = static_cast<double>(out.categories->n_preselected) / static_cast<double>(fits.size());
  if (most.n_events - fewest.n_events > 0.1 * share + 2) {
    out.warnings.push_back(
        fmt::format("the categories hold {:.0f} to {:.0f} events instead of {:.0f} each: many events have the same "
                    "losses, and ties "
                    "are kept whole; give features that tell more events apart",
                    fewest.n_events, most.n_events, share));
  }
}

void look_for_bumps(const SearchInputs& inputs, const SearchConfig& config, const base::Monitor& monitor,
                    QuakOutput& out) {
  const std::vector<float> background_loss = first_loss(out.background_losses);
  const LossSpectrum spectrum{.data = out.data_losses,
                              .background_loss = background_loss,
                              .background_weight = out.background_losses.weight,
                              .truth = inputs.data.truth};
  const std::string uncovered = uncovered_range(out.data_losses.mass, config.quak);
  if (!uncovered.empty()) {
    out.warnings.push_back(uncovered);
  }
  // Too few events in the categories, or no fit: the search goes on with what else it can say.
  describe_by("the search for a bump in categories", out.warnings, [&] {
    out.categories = search_categories(spectrum, config, monitor);
    warn_of_poor_fits(out);
    warn_of_ties(out);
  });
  describe_by("the search for a bump behind cuts", out.warnings,
              [&] { out.cuts = search_cuts(spectrum, config, monitor); });
}

void evaluate_signals(const SearchInputs& inputs, const SearchConfig& config, const LossNetworks& networks,
                      const base::TaskStore& store, const base::Monitor& monitor, QuakOutput& out) {
  if (inputs.evaluated.empty()) {
    return;
  }
  std::vector<Separation> classifiers = separate_by_discriminants(out, config, store, monitor);
  std::ranges::move(separate_in_latent(inputs, networks, config, store, monitor), std::back_inserter(classifiers));
  std::ranges::move(separate_supervised(inputs, config, store, monitor), std::back_inserter(classifiers));
  for (const LossSample& signal : out.signal_losses) {
    std::ranges::move(separate_by_cuts(out.background_losses, signal), std::back_inserter(out.separations));
    std::ranges::copy_if(classifiers, std::back_inserter(out.separations),
                         [&](const Separation& separation) { return separation.signal == signal.name; });
    out.separations.push_back(random_cut(signal.name));
  }
}

}  // namespace

QuakOutput run_quak(const SearchInputs& inputs, const SearchConfig& config, const base::TaskStore& store,
                    const base::Monitor& monitor) {
  QuakOutput out;
  describe_search(config, inputs, out);
  out.data = to_be_scored("data", inputs.data);
  const LossNetworks space = train_loss_networks(inputs, config, store, monitor);
  out.training = space.training;
  out.signal_width = config.quak.width;
  if (space.scaling.fitted) {
    count_clipped(*space.scaling.fitted, inputs, "the background's range", monitor, out);
  }
  enter_loss_space(inputs, config, space, out);
  if (!inputs.contexts.empty()) {
    look_for_bumps(inputs, config, monitor, out);
  }
  describe_by("the evaluation with signals", out.warnings,
              [&] { evaluate_signals(inputs, config, space, store, monitor, out); });
  return out;
}

}  // namespace eddy::search
