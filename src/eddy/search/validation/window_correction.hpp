#pragma once
// What validation windows add to the correction of a search (docs/validity.md).

#include <eddy/search/validation/validation.hpp>

#include <vector>

namespace eddy::search {

struct SearchConfig;

/// The cut of a window at `efficiency`; nullptr where that has no prediction, or expects fewer than 10 events, whose
/// error is not Gaussian.
[[nodiscard]] const WindowCut* telling_cut(const ValidationWindow& window, double efficiency);

/// What `windows` say of `cut` beyond its experiments, as Gaussian differences from these: of each telling cut, with
/// the errors of its count, of its fit and of one more training. Adds that to the correction; never lowers a
/// prediction.
void compare_windows(const std::vector<ValidationWindow>& windows, ValidatedCut& cut);

/// What `windows` say of `cut` by themselves, with the errors of count and fit: of a closed signal region, whose
/// experiments wait until it is opened. Corrects nothing.
void describe_windows(const std::vector<ValidationWindow>& windows, ValidatedCut& cut);

/// Charges each cut the largest spurious signal of those that are as loose or looser: behind a tighter cut a model is
/// wrong by more, not by less, and windows see less of it. Leaves cuts without experiments as they are.
void charge_as_looser_cuts(std::vector<ValidatedCut>& cuts);

/// Warnings where windows have no result, or where there are none.
void warn_of_windows(Validation& validation);

/// All of it for the windows and cuts of `validation`, with the spurious signal that fits find in the windows; warnings
/// where windows have no result, or say what the experiments do not explain.
void correct_by_windows(const SearchConfig& config, Validation& validation);

}  // namespace eddy::search
