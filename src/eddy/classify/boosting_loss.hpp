#pragma once

#include <eddy/classify/training_sample.hpp>
#include <eddy/net/aligned.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace eddy::classify {

/// Binary cross-entropy of a split sample with what boosting needs of it. Validation events stay in the sample, so that
/// trees grown on it tell their log odds too, but have no derivatives.
class BoostingLoss {
 public:
  /// Weighted mean losses in nats.
  struct Means {
    double train;
    double validation;
  };

  /// One label (1 = data, 0 = reference) per event of the split.
  BoostingLoss(std::span<const std::uint8_t> label, const WeightedSplit& split);

  /// The losses at `log_odds`, (n_events). Terms in float (1e-7 each), sums in double.
  Means evaluate(std::span<const float> log_odds);

  /// First derivatives with respect to the log odds at the last evaluate, w (p - label): (n_events), 0 for validation.
  [[nodiscard]] std::span<float> gradient() { return std::span(gradient_).first(n_events_); }
  /// Second derivatives, w p (1 - p): (n_events), 0 for validation.
  [[nodiscard]] std::span<float> curvature() { return std::span(curvature_).first(n_events_); }

 private:
  void evaluate_block(std::span<const float> log_odds, std::size_t first);

  // Padded to whole panels of weight 0.
  net::AlignedVector<float> target_, weight_, in_training_, gradient_, curvature_;
  net::AlignedVector<float> logit_, loss_;  ///< of one block
  std::size_t n_events_;
  Means sums_{};
  Means sum_weights_{};
};

}  // namespace eddy::classify
