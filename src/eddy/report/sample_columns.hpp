#pragma once
// The columns of a ScoredSample that figures are made of, restricted to a region.

#include <eddy/search/finding.hpp>

#include <vector>

namespace eddy::report {

enum class Region { kAll, kSignal, kControl };

/// Each returns one value per event of the region, or nothing where the sample does not have the column.
[[nodiscard]] std::vector<float> feature_column(const search::ScoredSample& sample, std::size_t feature, Region region);
[[nodiscard]] std::vector<float> context_column(const search::ScoredSample& sample, Region region);
[[nodiscard]] std::vector<float> score_column(const search::ScoredSample& sample, Region region);
/// What each event counts; nothing where all count 1.
[[nodiscard]] std::vector<float> weight_column(const search::ScoredSample& sample, Region region);
/// -log10 of the background efficiency: grows with signal-likeness. NaN where the efficiency is not positive.
[[nodiscard]] std::vector<float> selection_column(const search::ScoredSample& sample, Region region);

/// The events of `sample` that are labelled signal (truth = 1); empty without labels.
[[nodiscard]] search::ScoredSample labelled_signal(const search::ScoredSample& sample);

/// The signal that figures show: events that were not injected where there are some, else the labelled ones of the
/// data.
[[nodiscard]] search::ScoredSample shown_signal(const search::Finding& output);

/// "met [GeV]", or the name alone where there is no unit.
[[nodiscard]] std::string with_unit(const search::Quantity& quantity);

/// "expression GeV" where the expression is a plain cut on the context, else the expression as it is.
[[nodiscard]] std::string cut_with_unit(const std::string& expression, const search::Quantity& context);

}  // namespace eddy::report
