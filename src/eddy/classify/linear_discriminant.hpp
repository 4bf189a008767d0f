#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/base/options.hpp>
#include <eddy/events/scaler.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace eddy::classify {

struct LinearSettings {
  double ridge = 1e-6;  ///< added to the variances, as a fraction of their mean: makes a degenerate covariance regular
};

void describe(LinearSettings& settings, base::OptionVisitor& visitor);

/// Fisher's linear discriminant (1936) of data (label 1) against reference (label 0): direction (S + ridge tr(S) /
/// n)^-1 (m1 - m0) in standardised features, with the class means m and the mean S of the weighted covariances of the
/// two classes, which count alike. Optimal for normal classes of one covariance; the score is a monotone function of
/// the discriminant for any others.
class LinearDiscriminant {
 public:
  /// The probability is the logistic function of a straight line of the discriminant, fitted by maximum likelihood
  /// (Platt 1999: targets just inside 0 and 1, so that separable classes give a finite line). Weights of the classes
  /// are scaled to equal sums. Sums in double. Throws InputError as require_training_events, for a class without
  /// weight, and for a feature without spread; NumericError when the covariance is singular (ridge 0).
  [[nodiscard]] static LinearDiscriminant fit(base::MatrixView x, std::span<const std::uint8_t> label,
                                              std::span<const float> weight, const LinearSettings& settings);

  /// Probability of label 1 when both classes are equally likely, in (0, 1), one per row of x. Throws InputError for
  /// another number of features than the fit.
  [[nodiscard]] std::vector<float> predict(base::MatrixView x) const;

  /// Log odds are offset + direction . standardised features.
  [[nodiscard]] const std::vector<double>& direction() const { return direction_; }
  [[nodiscard]] double offset() const { return offset_; }

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static LinearDiscriminant from_json(const base::Json& json);

 private:
  LinearDiscriminant(events::Scaler scaler, std::vector<double> direction, double offset);

  events::Scaler scaler_;
  std::vector<double> direction_;
  double offset_ = 0;
};

}  // namespace eddy::classify
