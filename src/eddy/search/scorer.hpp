#pragma once
// A finished search as one artefact that scores any events: flows, space, classifiers and calibrations.

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/fold_ensembles.hpp>

#include <vector>

namespace eddy::search {

/// Packs everything score_events needs: {"flows": [flow, ...], "folds": [{"detectors": [...], "calibration": ...},
/// ...]}, where detectors (packed_detector.hpp) name flows by their indices. Here one ensemble of each fold works on
/// all flows.
[[nodiscard]] base::Json make_scorer(const FlowEnsemble& flows, const LatentSpace& space,
                                     const std::vector<Ensemble>& ensembles,
                                     const std::vector<ScoreCalibration>& calibrations);

/// The same of detectors with flows of their own.
[[nodiscard]] base::Json make_scorer(const Detectors& detectors, const std::vector<ScoreCalibration>& calibrations);

struct ScoredEvents {
  std::vector<float> score;                  ///< mean over the ensembles of all folds, in (0, 1)
  std::vector<float> background_efficiency;  ///< mean over the folds of the fraction of the template (resonant: of the
                                             ///< signal-region data) that scores at least as high in each: spread less
                                             ///< than one of them, so that fewer than a fraction c are below c
  base::Matrix latent;                       ///< z of the first flow; empty without one
  std::vector<std::size_t> n_clipped =
      {};  ///< per feature: values outside the range of the first flow, if there is one
};
/// Scores events that no classifier of the search was trained on (for its own data, scores.h5 has the out-of-fold
/// scores).
[[nodiscard]] ScoredEvents score_events(const base::Json& scorer, base::MatrixView x, base::MatrixView context);

}  // namespace eddy::search
