#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::search {

/// Turns a score into the fraction of a reference sample that scores at least as high, so that scores of different
/// folds compare and thresholds are fixed before the evaluated data is looked at.
class ScoreCalibration {
 public:
  explicit ScoreCalibration(std::vector<float> reference_scores);
  /// With weights, one per score, >= 0 and not all 0: fractions of their sum.
  ScoreCalibration(std::vector<float> reference_scores, std::vector<float> weights);

  /// (n_at_least + 1) / (n + 1), each event counted by its weight over the mean weight: in (0, 1], never exactly 0.
  [[nodiscard]] float efficiency(float score) const;
  /// The smallest score with efficiency(score) <= `efficiency`: the next number above the highest reference score that
  /// fails. Infinity when no score passes, minus infinity when all do.
  [[nodiscard]] float threshold(double efficiency) const;
  /// Ascending.
  [[nodiscard]] std::span<const float> scores() const { return scores_; }
  /// In the order of scores(); empty: all equal.
  [[nodiscard]] std::span<const float> weights() const { return weights_; }

 private:
  std::vector<float> scores_;
  std::vector<float> weights_;
  std::vector<double> n_at_least_;  ///< sum of weights of scores_[i] and above, over the mean weight
};

/// One calibration per fold, from the scores of the events of that fold where `is_reference` is set. One entry per
/// event in all arguments.
[[nodiscard]] std::vector<ScoreCalibration> calibrate_by_fold(std::span<const float> scores,
                                                              std::span<const std::uint8_t> is_reference,
                                                              std::span<const std::uint8_t> fold, std::size_t n_folds);

}  // namespace eddy::search
