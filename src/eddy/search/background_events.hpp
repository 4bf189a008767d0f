#pragma once
// Background that a search can show event by event, for what is described once all cuts are known (anomaly.hpp).

#include <eddy/base/matrix.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace eddy::search {

/// Events of one origin that pass the loosest cut, with how signal-like each is.
struct BackgroundEvents {
  base::Matrix columns = {};             ///< (n_events, n): features; then contexts, where they are those of the region
  std::vector<float> weight = {};        ///< in any unit
  std::vector<std::size_t> source = {};  ///< events of one source fluctuate together
  std::vector<float> background_efficiency = {};  ///< as in ScoredSample, by classifiers that never saw the event
};

/// What stands for the background of the signal region behind a cut.
struct ShownBackground {
  std::string name = {};                     ///< "template", "constructed background", "sidebands"
  std::vector<BackgroundEvents> parts = {};  ///< each stands for the same share of what is predicted
};

}  // namespace eddy::search
