#pragma once
// What is known of a search's quality: with labels, ROC and SIC; always, closure and the validity of the latent.

#include <eddy/base/tasks.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/finding_parts.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/fold_ensembles.hpp>
#include <eddy/stats/abcd.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {

/// Scores of signal-region events with known truth, each from the ensemble of its own fold.
struct ScoredTruth {
  std::vector<float> background;
  std::vector<std::uint8_t> background_fold;
  std::vector<float> signal;
  std::vector<std::uint8_t> signal_fold;
  std::vector<float> signal_weight = {};  ///< empty: 1 each
};

/// ROC and SIC. Scores of different folds are made comparable by their rank among the background of the same fold.
[[nodiscard]] Evaluation evaluate(const std::string& name, const ScoredTruth& scored, std::size_t n_folds);

/// Counts of events on both sides of M_c and of the cut `background_efficiency` <= efficiency.
[[nodiscard]] stats::AbcdCounts count_regions(std::span<const float> background_efficiency,
                                              std::span<const std::uint8_t> in_signal_region, double efficiency);

/// Sums of weights there, and of their squares.
struct RegionSums {
  stats::AbcdCounts sum;
  stats::AbcdCounts variance;
};
/// Each event counted by its weight (without weights: 1), of which `share` is added: where the same events are counted
/// several times over, sums and variances are means.
void add_regions(std::span<const float> background_efficiency, std::span<const std::uint8_t> in_signal_region,
                 std::span<const float> weight, double efficiency, double share, RegionSums& sums);

/// Efficiencies at which closure is shown: `extra` and a logarithmic grid from 0.5 down to where 5 events are left in
/// A.
[[nodiscard]] std::vector<double> closure_efficiencies(const std::vector<double>& extra, double n_signal_region);

/// predicted / observed for one set of counts; `observed` is the background in A (counts.a, unless truth says
/// otherwise).
[[nodiscard]] ClosurePoint closure_point(double efficiency, const stats::AbcdCounts& counts, double observed);
/// The same for sums of weights, observed in A, with errors from the sums of their squares.
[[nodiscard]] ClosurePoint closure_point(double efficiency, const RegionSums& sums);

/// Closure on held-out template events: each event is scored by the classifiers of the one flow that never saw it, for
/// every fold ensemble in turn that was not trained on a copy of it among the data (`data_fold` is the fold of every
/// event of the data); counts, by weight, are averaged over the folds. Also gives each template event's mean score.
struct TemplateClosure {
  ClosureCurve curve;
  std::vector<float> score;  ///< (n_template), mean over all ensembles; 0 for events that no flow held out
};
[[nodiscard]] TemplateClosure template_closure(const Sample& sample, const FlowEnsemble& flows,
                                               const LatentSpace& space, const std::vector<Ensemble>& ensembles,
                                               const std::vector<std::uint8_t>& data_fold,
                                               const std::vector<double>& efficiencies, const base::Monitor& monitor);

/// `latent`: (n_events, n_features), of `events`, which the flow never saw, against N(0, 1), by boosted trees in two
/// folds, copies in one.
[[nodiscard]] LatentGate latent_gate(const base::Matrix& latent, const Sample& events, const SearchConfig& config,
                                     const base::TaskStore& store, const base::Monitor& monitor);

}  // namespace eddy::search
