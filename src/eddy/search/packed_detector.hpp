#pragma once
// A detector as a scorer keeps it: its flows stand in one list that all detectors share.

#include <eddy/base/json_fwd.hpp>
#include <eddy/flow/flow.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/fold_ensembles.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace eddy::search {

/// Classifier m works in the space of flow m modulo their number (WeakTraining); in x, where there is no flow, on the
/// features. Without classifiers the score is the ratio of two densities (ANODE, R-ANODE), as that of a Detector.
struct PackedDetector {
  std::vector<std::size_t> flows;   ///< of the background, in the list of all
  std::optional<std::size_t> data;  ///< ANODE: of the signal region; R-ANODE: of the signal there
  double log_odds = 0;              ///< R-ANODE: as of a Detector
  LatentSpace space = {SpaceKind::kX, 0};
  bool use_context = false;  ///< in x: the context is an input of the classifiers too
  Ensemble classifiers = {};
};

/// Whether classifiers of both look at the same.
[[nodiscard]] bool sees_the_same(const PackedDetector& a, const PackedDetector& b);

/// What the classifiers look at: one matrix (n_events, n_inputs) for each flow, or one of the features.
[[nodiscard]] std::vector<base::Matrix> spaces_of(const PackedDetector& detector, std::span<const flow::Flow> flows,
                                                  base::MatrixView x, base::MatrixView context);

/// The flows of `detector` are added to the packed `flows`.
[[nodiscard]] base::Json pack_detector(const Detector& detector, base::Json& flows);
/// Classifiers that look at the first `n_flows` flows of the list, all in `space`.
[[nodiscard]] base::Json pack_ensemble(const Ensemble& classifiers, const LatentSpace& space, std::size_t n_flows);
/// Throws InputError for what no search writes, Json::exception for what is no detector.
[[nodiscard]] PackedDetector unpack_detector(const base::Json& json, std::size_t n_flows);

}  // namespace eddy::search
