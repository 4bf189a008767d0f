#pragma once

#include <eddy/base/json_fwd.hpp>

#include <span>
#include <vector>

namespace eddy::events {

/// A monotone map from a feature to its normal score: the empirical distribution turned into a standard normal one.
///
/// Rational-quadratic spline (Gregory and Delbourgo 1982), so the slope is continuous and the inverse exact. Its knots
/// are sample values evenly spaced in normal score, both extremes included, with at least 50 events between neighbours
/// so that a slope's noise stays below 15 %. Tied values share their middle rank.
class QuantileMap {
 public:
  /// An empty map, to be assigned to.
  QuantileMap() = default;
  /// Fits on finite `values` of which at least two differ.
  [[nodiscard]] static QuantileMap fit(std::span<const float> values);

  [[nodiscard]] bool empty() const { return x_.empty(); }

  /// The normal score of x; beyond the extremes the score of the extreme.
  [[nodiscard]] float forward(float x) const;
  /// The feature value of score u; beyond the scores of the extremes the extreme.
  [[nodiscard]] float inverse(float u) const;
  /// log du/dx, finite everywhere; beyond the extremes that of the extreme.
  [[nodiscard]] double log_slope(float x) const;

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static QuantileMap from_json(const base::Json& json);

 private:
  std::vector<float> x_;        ///< ascending feature values of the knots
  std::vector<float> u_;        ///< their normal scores
  std::vector<double> slopes_;  ///< du/dx there, derived from the two above
};

}  // namespace eddy::events
