#pragma once
// Scores of independent retrainings of one resonant method, and what they say together.

#include <eddy/search/detector.hpp>
#include <eddy/search/evaluation.hpp>
#include <eddy/search/inputs.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {

/// Scores of one sample: [retraining][event], each event by the detectors of its own fold, which never saw it.
using RetrainingScores = std::vector<std::vector<float>>;

[[nodiscard]] RetrainingScores out_of_fold_scores(const Detectors& detectors, const Sample& sample,
                                                  std::span<const std::uint8_t> fold, const base::Monitor& monitor,
                                                  const std::string& name);

/// Mean over the retrainings: (n_events).
[[nodiscard]] std::vector<float> mean_over_retrainings(const RetrainingScores& scores);

/// 20 background efficiencies per decade from 1 down to 1e-6; those without statistics drop out later.
[[nodiscard]] const std::vector<double>& efficiency_grid();
/// SIC of a curve (tight to loose) at a background efficiency, linear in its logarithm; NaN where it is not quotable.
[[nodiscard]] double sic_at(std::span<const classify::RocPoint> curve, double efficiency);

/// Median and central 68 % of values[retraining][i] at efficiency[i]; retrainings whose value is NaN there do not
/// count, points without any are left out.
[[nodiscard]] std::vector<MedianBand> median_bands(const std::vector<double>& efficiency,
                                                   const std::vector<std::vector<double>>& values);

/// Signal-region events with known truth and their scores in every retraining.
struct RetrainingTruth {
  std::span<const std::uint8_t> background_fold;
  RetrainingScores background;
  std::span<const std::uint8_t> signal_fold;
  RetrainingScores signal;
  std::span<const float> signal_weight = {};  ///< empty: 1 each
};

/// ROC and SIC of the mean score, and of each retraining alone with the band of their SIC.
[[nodiscard]] Evaluation evaluate_retrainings(const std::string& name, const RetrainingTruth& truth,
                                              std::size_t n_folds);

}  // namespace eddy::search
