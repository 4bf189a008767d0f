#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {

/// Turns a score into the fraction of a reference sample that scores at least as high, so that scores of different
/// folds compare and thresholds are fixed before the evaluated data is looked at.
///
/// Ties are kept whole: events of one score pass a cut together, as soon as the wanted fraction reaches into their
/// group. A cut then keeps more than was asked for, never a part of a group that something other than the score chose.
class ScoreCalibration {
 public:
  explicit ScoreCalibration(std::vector<float> reference_scores);
  /// With weights, one per score and >= 0: fractions of their sum. No weights: all the same. Throws InputError for
  /// weights that are all 0.
  ScoreCalibration(std::vector<float> reference_scores, std::vector<float> weights);

  /// (n_above + 1) / (n + 1) with the reference events that score higher, each counted by its weight over the mean
  /// weight: in (0, 1], never exactly 0. The one is the event itself, of the reference or not, so that both kinds pass
  /// a cut equally often: of n reference events k pass, of others k in n + 1. Equal scores pass together.
  [[nodiscard]] float efficiency(float score) const;
  /// The smallest score with efficiency(score) <= `efficiency`: the lowest reference score that passes. Infinity when
  /// no score passes, minus infinity when all do.
  [[nodiscard]] float threshold(double efficiency) const;
  /// What the cut score >= threshold(efficiency) keeps of the reference.
  struct Kept {
    double weight = 0;       ///< of the events that pass, over the mean weight
    double effective = 0;    ///< effective number of them
    std::size_t n_tied = 0;  ///< events that share the lowest score that passes
  };
  [[nodiscard]] Kept kept(double efficiency) const;
  /// Ascending.
  [[nodiscard]] std::span<const float> scores() const { return scores_; }
  /// In the order of scores(); empty: all equal.
  [[nodiscard]] std::span<const float> weights() const { return weights_; }

 private:
  std::vector<float> scores_;
  std::vector<float> weights_;
  [[nodiscard]] double n_at_least(std::size_t i) const;

  std::vector<double> n_at_least_;  ///< sum of weights of scores_[i] and above, over the mean weight
};

/// The efficiency of each score by the calibration of its fold: (n_scores).
[[nodiscard]] std::vector<float> efficiencies_by_fold(std::span<const ScoreCalibration> calibrations,
                                                      std::span<const float> scores,
                                                      std::span<const std::uint8_t> fold);

/// What a cut keeps of the reference samples of all folds together.
struct RealisedCut {
  double efficiency = 0;   ///< fraction of the reference; above the nominal one where ties are kept whole
  double n_events = 0;     ///< reference events that pass, by weight over the mean weight
  double n_effective = 0;  ///< the effective number of those that pass in the fold with fewest
  std::size_t n_tied = 0;  ///< events of the largest group with one score at the threshold of a fold
};
[[nodiscard]] RealisedCut realised_cut(std::span<const ScoreCalibration> calibrations, double efficiency);
/// Effective number of reference events of all folds together, of which each stands in `n_times` of the folds or
/// models.
[[nodiscard]] double effective_reference(std::span<const ScoreCalibration> calibrations, std::size_t n_times);
/// A sentence where the cut of a fold rests on fewer than ten effective events of a weighted reference, so that what it
/// keeps is known to a third at best; else empty.
[[nodiscard]] std::string weight_warning(const RealisedCut& cut, double efficiency, const std::string& reference);
/// A sentence where ties make the cut keep a tenth more than was asked for, and two events; else empty. `reference`
/// says what the fraction is of.
[[nodiscard]] std::string tie_warning(const RealisedCut& cut, double efficiency, const std::string& reference);

/// One calibration per fold, from the scores of the events of that fold where `is_reference` is set. One entry per
/// event in all arguments.
[[nodiscard]] std::vector<ScoreCalibration> calibrate_by_fold(std::span<const float> scores,
                                                              std::span<const std::uint8_t> is_reference,
                                                              std::span<const std::uint8_t> fold, std::size_t n_folds);

}  // namespace eddy::search
