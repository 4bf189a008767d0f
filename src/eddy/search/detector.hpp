#pragma once
// What a method learns in one fold and one retraining: how to score any event.

#include <eddy/flow/flow.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/fold_ensembles.hpp>

#include <optional>
#include <vector>

namespace eddy::search {

/// Which parts are there depends on the method. With classifiers, the score is their mean output in `space`; without
/// (ANODE, R-ANODE), it is R / (1 + R) with the ratio R of the two densities, times the prior odds.
struct Detector {
  std::optional<flow::Flow> background;  ///< p(x | m) of the sidebands
  std::optional<flow::Flow> data;        ///< ANODE: p(x | m) of the signal region; R-ANODE: of the signal there
  double log_odds = 0;  ///< R-ANODE: of an event of the signal region to be signal, before x is looked at
  LatentSpace space = {SpaceKind::kX, 0};
  bool use_context = false;  ///< in x: the context is an input of the classifiers too
  Ensemble classifiers;
};

/// The columns of both side by side.
[[nodiscard]] base::Matrix join_columns(base::MatrixView left, base::MatrixView right);

/// [fold][retraining]
using Detectors = std::vector<std::vector<Detector>>;

/// R / (1 + R) of the density ratio R = p_data / p_background times exp(log_odds): what a perfect classifier of the
/// two, in these proportions, would say.
[[nodiscard]] std::vector<float> density_ratio_score(const flow::Flow& background, const flow::Flow& data,
                                                     double log_odds, base::MatrixView x, base::MatrixView context);

/// Events in the space that the detector's classifiers work in: (n_events, n_inputs).
[[nodiscard]] base::Matrix to_space(const Detector& detector, base::MatrixView x, base::MatrixView context);

/// Score of each event, in [0, 1], higher for signal; deterministic for any number of threads.
[[nodiscard]] std::vector<float> score_events(const Detector& detector, base::MatrixView x, base::MatrixView context);

}  // namespace eddy::search
