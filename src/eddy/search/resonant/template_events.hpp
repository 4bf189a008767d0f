#pragma once
// Background in the signal region as a resonant method models it, of events that its classifiers never saw: what its
// scores can be held against without labels.

#include <eddy/search/resonant/resonant_methods.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

struct TemplateEvents {
  std::string name;                ///< "samples of the sideband density"
  Sample events;                   ///< features and context alone
  std::vector<std::uint8_t> fold;  ///< whose detectors never saw the event
};

/// Samples of the densities of the sidebands at masses of the signal region; of methods without one, sideband events of
/// the fold that is judged, moved there (as they are where there are too few to learn from how): where features follow
/// the mass, the sidebands of CWoLa differ from its signal region, and what it finds is no template of that. Four for
/// each event of the signal region, or as many as there are.
[[nodiscard]] TemplateEvents template_events(const ResonantTask& task, const TrainedMethod& method);

}  // namespace eddy::search
