#pragma once
// What working points of all families that cut on a score share.

#include <eddy/search/calibration.hpp>
#include <eddy/search/finding.hpp>

#include <span>

namespace eddy::search {

/// The cut at `efficiency`: what it keeps of the reference, and its threshold in each fold.
[[nodiscard]] WorkingPoint cut_at(std::span<const ScoreCalibration> calibrations, double efficiency);

/// Counts labelled background and signal among the signal-region events of `data` that pass; nothing without labels.
void count_truth(const ScoredSample& data, WorkingPoint& point);

}  // namespace eddy::search
