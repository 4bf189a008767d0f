#pragma once
// Does the whole chain predict the background where there is nothing to find? (docs/validity.md) A score finds what the
// background model gets wrong, so that what passes in the signal region is more than predicted; the experiments here
// measure by how much, and the prediction of the search is corrected by it.

#include <eddy/search/validation/null_experiments.hpp>
#include <eddy/search/validation/validation.hpp>

#include <optional>
#include <vector>

namespace eddy::search {

/// Background events that pass one cut in the signal region, among fresh events, and what was predicted of them.
struct FreshCount {
  double observed = 0;
  double predicted = 0;
};

/// The settings with two of [flow] members at most, and the classifiers of these: a chain that costs as much less. The
/// flows share most of their events, and so should most of their errors.
[[nodiscard]] SearchConfig with_fewer_flows(const SearchConfig& config);

/// Trains the chain of `search` on [validation] experiments inputs of `generator`, the first fold alone where folds
/// have models of their own, and judges many fresh events of the same generator: what passes each of the cuts is known
/// to a percent, and so is, from few experiments, how far the prediction is off on average and from training to
/// training. Where the family has windows, these are tried too, and correct what the experiments do not know.
[[nodiscard]] Validation validate_chain(const Search& search, const NullGenerator& generator, const Finding& finding);

/// The windows alone, which need no event of the signal region: what can be known of a chain while that is closed. Each
/// cut has them as they are, and no correction: the experiments, which say how much of it is to be expected of
/// trainings, wait. The windows are the tasks that the opened search finds.
[[nodiscard]] Validation validate_beside(const Search& search, const Finding& finding);

/// The correction of each of the configured cuts; empty without validation.
[[nodiscard]] std::vector<Correction> corrections_of(const std::optional<Validation>& validation);

/// Applies them to the predictions of `finding`, which keeps the numbers before as WorkingPoint::raw: everything that
/// follows from a prediction is made anew. `corrections` belong to the configured cuts; none are none. Where one cannot
/// be applied `finding` stays as it was.
void apply_corrections(const Search& search, const std::vector<Correction>& corrections, Finding& finding);

}  // namespace eddy::search
