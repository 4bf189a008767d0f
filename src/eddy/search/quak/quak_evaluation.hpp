#pragma once
// How well the space of losses tells labelled signals from held-out background, beside supervised classifiers and a
// random cut (2011.03550, section 4.3 and figure 9). All are judged on the same events: those of odd rows of their
// files that no network is trained on.

#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/quak/loss_networks.hpp>

#include <string>
#include <vector>

namespace eddy::search {

/// More losses than this are no longer cut on: a grid of cuts in more dimensions is too fine for its events.
inline constexpr std::size_t kMaxCutLosses = 4;

/// Rectangular cuts on the first 1, 2, ... losses: chosen on the events that do not judge them.
[[nodiscard]] std::vector<Separation> separate_by_cuts(const LossSample& background, const LossSample& signal);

/// A linear discriminant on the logarithms of all losses, and a dense network, that tell a prior, the proxy of the
/// unknown signal, from background (section 4.1.1): trained on the events that do not judge.
[[nodiscard]] std::vector<Separation> separate_by_discriminants(const LossSpace& space, const SearchConfig& config,
                                                                const base::TaskStore& store,
                                                                const base::Monitor& monitor);

/// The same for discriminants in the latent of one autoencoder of several samples (section 4.1.3): what the space of
/// losses is to be better than.
[[nodiscard]] std::vector<Separation> separate_in_latent(const SearchInputs& inputs, const LossNetworks& networks,
                                                         const SearchConfig& config, const base::TaskStore& store,
                                                         const base::Monitor& monitor);

/// A classifier of each prior against background, trained on what their networks are trained on, and judged on all
/// signals of `inputs`; features of [supervised] exclude are left out. Each is a task in `store`.
[[nodiscard]] std::vector<Separation> separate_supervised(const SearchInputs& inputs, const SearchConfig& config,
                                                          const base::TaskStore& store, const base::Monitor& monitor);

/// A curve of expectation: what a random cut keeps of both.
[[nodiscard]] Separation random_cut(const std::string& signal);

/// 1 / background efficiency of the best cut that keeps at least `efficiency_signal`; 0 where fewer background events
/// pass than may be quoted (classify::kMinBackgroundForSic).
[[nodiscard]] double rejection_at(const std::vector<classify::RocPoint>& curve, double efficiency_signal);

}  // namespace eddy::search
