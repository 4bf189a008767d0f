#pragma once
// Feature preprocessing: maps each feature to a range in which networks and splines work well, fitted on a named
// sample, stored with the model, invertible, with the log-Jacobian that densities in physical units need.

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/events/quantile_map.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::events {

/// standard: (x - mean) / sigma. minmax: linear to [-2.5, 2.5]. logit: the seen range to [1e-3, 1 - 1e-3] -> logit ->
/// standardise. log: log(x + offset) -> standardise; the offset is 0 unless the sample comes near or below 0.
/// quantile: empirical distribution -> standard normal, by a monotone rational-quadratic spline (continuous Jacobian)
/// whose knots are even in the normal score with at least 50 events between them; tied values get their middle rank.
enum class ScalerKind { kStandard, kMinMax, kLogit, kLog, kQuantile };

/// "standard", "minmax", "logit", "log", "quantile". Throws InputError listing these.
[[nodiscard]] ScalerKind parse_scaler_kind(std::string_view name);
[[nodiscard]] std::string_view to_string(ScalerKind kind);

/// One feature's map. Values outside the range seen when fitting are clipped to it (callers count them), so results are
/// finite for every argument but NaN, which must not be passed. inverse(forward(x)) equals x in range to 1e-6 of the
/// range.
class FeatureScaler {
 public:
  /// Fits on `values`. `weights` (>= 0, one for each; empty: all the same) enter mean and standard deviation; range and
  /// quantiles are those of the events as they are. Throws InputError that names `feature` when it has no spread, no
  /// values or one that is not finite.
  [[nodiscard]] static FeatureScaler fit(ScalerKind kind, std::string feature, std::span<const float> values,
                                         std::span<const float> weights = {});

  [[nodiscard]] ScalerKind kind() const { return kind_; }
  [[nodiscard]] float forward(float x) const;
  [[nodiscard]] float inverse(float u) const;
  /// log |d forward / dx| at x; for a clipped x the value at the edge.
  [[nodiscard]] double log_jacobian(float x) const;
  /// True when x lies outside the range seen when fitting.
  [[nodiscard]] bool clips(float x) const { return x < low_ || x > high_; }

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static FeatureScaler from_json(const base::Json& json);

 private:
  // The non-linear part of the logit and log maps (the identity for the linear ones), its inverse and its log slope.
  [[nodiscard]] double stretch(double x) const;
  [[nodiscard]] double unstretch(double v) const;
  [[nodiscard]] double log_stretch_slope(double x) const;

  ScalerKind kind_ = ScalerKind::kStandard;
  std::string feature_;
  float low_ = 0;   ///< smallest value seen
  float high_ = 0;  ///< largest value seen
  double shift_ = 0;
  double scale_ = 1;
  double offset_ = 0;     ///< log: added to x
  QuantileMap quantile_;  ///< quantile: the whole map
};

/// The scalers of several features, column by column.
class Scaler {
 public:
  Scaler() = default;
  /// One kind per column of `sample`, one weight per row or none.
  [[nodiscard]] static Scaler fit(std::span<const ScalerKind> kinds, std::span<const std::string> features,
                                  base::MatrixView sample, std::span<const float> weights = {});

  [[nodiscard]] std::size_t n_features() const { return features_.size(); }
  /// Throws InputError when it is not made for `n` features: a model file whose parts do not belong together.
  void require_features(std::size_t n) const;
  [[nodiscard]] base::Matrix forward(base::MatrixView x) const;
  [[nodiscard]] base::Matrix inverse(base::MatrixView u) const;
  /// Sum over the features of log |du/dx|, one value per row.
  [[nodiscard]] std::vector<double> log_jacobian(base::MatrixView x) const;
  /// Number of values, per feature, outside the range seen when fitting.
  [[nodiscard]] std::vector<std::size_t> count_clipped(base::MatrixView x) const;

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static Scaler from_json(const base::Json& json);

 private:
  std::vector<FeatureScaler> features_;
};

}  // namespace eddy::events
