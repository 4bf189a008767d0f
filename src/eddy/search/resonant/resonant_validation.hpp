#pragma once
// Validation of resonant methods: what the chain predicts of fresh events, and the numbers of a corrected prediction.

#include <vector>

namespace eddy::search {

struct Finding;
struct FreshCount;
struct FreshFactors;
struct Sample;
struct Search;
struct WorkingPoint;

/// Detectors of the first fold, then a fit to the sidebands of what passes of `fresh`.
[[nodiscard]] std::vector<FreshCount> count_fresh_resonant(const Search& search, const Sample& fresh,
                                                           const FreshFactors& factors);

/// Hunts again with the background of the signal region multiplied by the correction, whose error is a nuisance that
/// all its bins share: a step where the score was trained, as validation sees it.
void correct_resonant(const Search& search, const Finding& finding, WorkingPoint& point);

}  // namespace eddy::search
