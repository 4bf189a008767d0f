#pragma once
// How far off a prediction is that was tried where the truth is known, and what the next one must be charged for it.

#include <optional>
#include <span>

namespace eddy::stats {

/// Observed over predicted, as the next prediction needs it: truth = factor * predicted * exp(error * N(0, 1)).
struct PredictiveRatio {
  double factor = 1;
  double error = 0;  ///< of ln(factor), for one more prediction of the same kind
};

/// From experiments with `observed` and `predicted` counts each, which must be as many. The factor is the geometric
/// mean of their ratios; the error is that of the interval which holds one more ratio with a probability of 68.3 %
/// (Student's t with n - 1 degrees of freedom times the standard deviation times sqrt(1 + 1/n)), so that it holds the
/// spread between experiments, which every prediction has, as well as how little so many say of the mean. Half an event
/// is added to each count, for those that are 0. Experiments whose prediction is not finite or negative do not count;
/// nothing where fewer than two are left.
[[nodiscard]] std::optional<PredictiveRatio> predictive_ratio(std::span<const double> observed,
                                                              std::span<const double> predicted);

}  // namespace eddy::stats
