#pragma once
// Validation of CONRAD: what the chain predicts of fresh events, and the numbers of a corrected prediction.

#include <vector>

namespace eddy::search {

struct Finding;
struct FreshCount;
struct FreshFactors;
struct Sample;
struct Search;
struct TriedWindows;
struct WorkingPoint;

/// Flows, classifiers of the first fold and thresholds, then the four counts of `fresh`.
[[nodiscard]] std::vector<FreshCount> count_fresh_conrad(const Search& search, const Sample& fresh,
                                                         const FreshFactors& factors);

/// Flows on the template and classifiers of all folds, where neither has events nearer to the signal region than the
/// shell that takes its place; what passes each cut there beside what ABCD predicts.
[[nodiscard]] TriedWindows try_windows_conrad(const Search& search, const Finding& finding);

/// The correction is the closure factor kappa of the likelihood (stats/abcd.hpp).
void correct_conrad(const Search& search, const Finding& finding, WorkingPoint& point);

}  // namespace eddy::search
