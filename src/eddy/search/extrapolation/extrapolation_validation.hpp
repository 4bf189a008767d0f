#pragma once
// Validation of extrapolations: what the chain predicts of fresh events, and the numbers of a corrected prediction.

#include <vector>

namespace eddy::search {

struct Finding;
struct FreshCount;
struct FreshFactors;
struct Sample;
struct Search;
struct WorkingPoint;

/// Models and classifiers of all folds, then what passes of `fresh`, `factors` times as many as the data.
[[nodiscard]] std::vector<FreshCount> count_fresh_extrapolation(const Search& search, const Sample& fresh,
                                                                const FreshFactors& factors);

/// Corrects the constructed background; the ABCD estimate beside it stays as it is.
void correct_extrapolation(const Search& search, const Finding& finding, WorkingPoint& point);

}  // namespace eddy::search
