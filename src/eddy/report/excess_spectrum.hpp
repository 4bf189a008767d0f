#pragma once
// Spectra of the selected events minus those of the background expected among them.

#include <eddy/report/figure.hpp>
#include <eddy/report/weighted_histogram.hpp>
#include <eddy/search/finding.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace eddy::report {

/// One quantity of the selected events.
struct ExcessSpectrum {
  search::Quantity quantity;
  Histogram observed;            ///< data that pass the cut in the signal region
  WeightedHistogram background;  ///< its bins sum to the prediction; variance: of the bins of a sum that is known
  double relative_error = 0;     ///< of the prediction, the same in all bins
  std::optional<Histogram> signal = {};  ///< labelled signal among the observed; nothing without labels
};

/// Error of the background in a bin: its statistics and the error of the prediction.
[[nodiscard]] double background_error(const ExcessSpectrum& spectrum, std::size_t bin);

/// Observed minus background in each bin. Errors: the Garwood interval of the count, and background_error.
[[nodiscard]] Trace excess_points(const ExcessSpectrum& spectrum);

/// `weights` sum to what is predicted, whose own error is another matter: only their distribution over the bins
/// fluctuates. With f = s / S of a bin, V its variance as a sum of weights, the variance of S f is (1 - 2 f) V + f^2
/// sum V: that of a ratio of a part to the whole, to first order. For Poisson counts f and S are independent, so that
/// the error of a prediction that is made of the same events is not counted twice.
[[nodiscard]] WeightedHistogram fill_shares(const std::vector<double>& edges, std::span<const float> values,
                                            std::span<const float> weights, std::span<const std::size_t> source);

/// Of each feature, and of each context where the background has it, in 8 to 30 bins (2 n^(1/3) of n events: Rice's
/// rule). Empty where nothing was selected.
[[nodiscard]] std::vector<ExcessSpectrum> excess_spectra(const search::Finding& finding);

}  // namespace eddy::report
