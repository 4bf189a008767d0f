#pragma once
// How well the constructed background describes true background: in the control region on events held out from every
// training, in the signal region where labels exist.

#include <eddy/search/extrapolation/extrapolation_task.hpp>
#include <eddy/search/finding.hpp>

#include <vector>

namespace eddy::search {

/// Closure tests, marginals and weights of the control region; nothing of the signal region's data is used.
void judge_control_region(const ExtrapolationTask& task, Finding& out);

/// The same of the signal region; `background[m]` is that of model m. Without labels, the marginals show all data and
/// there are no closure tests.
void judge_signal_region(const ExtrapolationTask& task, const std::vector<ConstructedBackground>& background,
                         Finding& out);

}  // namespace eddy::search
