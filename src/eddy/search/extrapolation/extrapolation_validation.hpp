#pragma once
// Validation of extrapolations: what the chain predicts of fresh events, and the numbers of a corrected prediction.

#include <vector>

namespace eddy::search {

struct Finding;
struct FreshCount;
struct FreshFactors;
struct Sample;
struct Search;
struct TriedWindows;
struct WorkingPoint;

/// Models and classifiers of all folds, then what passes of `fresh`, `factors` times as many as the data.
[[nodiscard]] std::vector<FreshCount> count_fresh_extrapolation(const Search& search, const Sample& fresh,
                                                                const FreshFactors& factors);

/// Models and classifiers of all folds without events nearer to the signal region than the shell that takes its place;
/// what passes each cut there beside the constructed background, with its error.
[[nodiscard]] TriedWindows try_windows_extrapolation(const Search& search, const Finding& finding);

/// Corrects the constructed background; the ABCD estimate beside it stays as it is.
void correct_extrapolation(const Search& search, const Finding& finding, WorkingPoint& point);

}  // namespace eddy::search
