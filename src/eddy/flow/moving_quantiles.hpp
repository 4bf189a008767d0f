#pragma once
// Features whose distribution moves with the context, such as one that ends at half the mass, made stationary before a
// flow learns them: what is left for the flow depends on the context much less, and so does its error between the
// sidebands, where a classifier would find it.

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::flow {

inline constexpr std::size_t kFewestForMovingQuantiles = 2000;  ///< events to fit them on

/// x -> x~ = Q(F(x | m) | m0), feature by feature: F and Q interpolate between quantiles of the feature, each a
/// parabola in ln m (in m, where a context is not above 0), linearly, and go on beyond the outermost as their
/// neighbours do; m0 is the median context. Where nothing moves it is the identity. Monotone in x at every m, and
/// inverse() undoes forward() to the rounding of float32. Contexts beyond those of the sample count as its first and
/// last.
class MovingQuantiles {
 public:
  /// Fits on finite `x` (n_events, n_features) at `context` (n_events, 1). Throws InputError for more than one context
  /// variable, or fewer than 2,000 events.
  [[nodiscard]] static MovingQuantiles fit(base::MatrixView x, base::MatrixView context);

  [[nodiscard]] std::size_t n_features() const { return features_.size(); }
  [[nodiscard]] base::Matrix forward(base::MatrixView x, base::MatrixView context) const;
  [[nodiscard]] base::Matrix inverse(base::MatrixView stationary, base::MatrixView context) const;
  /// Sum over the features of log |dx~/dx|, one value per row.
  [[nodiscard]] std::vector<double> log_jacobian(base::MatrixView x, base::MatrixView context) const;

  [[nodiscard]] base::Json to_json() const;
  /// Throws InputError, or Json::exception, for what `to_json` does not write.
  [[nodiscard]] static MovingQuantiles from_json(const base::Json& json);

 private:
  /// a + b t + c t^2.
  using Parabola = std::array<double, 3>;
  struct Feature {
    std::vector<Parabola> quantiles;          ///< ascending probability
    std::vector<double> reference;            ///< their values at m0, ascending
    std::vector<double> smallest_steps;       ///< between neighbours, at any context
    std::vector<std::uint8_t> anchored = {};  ///< nowhere is the quantile moved by those below it
    bool is_mostly_anchored = false;
  };
  class QuantilesAt;

  /// Where the parabolas are evaluated: between -1 and 1.
  [[nodiscard]] double place_of(float context) const;
  /// Ascending `values` of the quantiles.
  static void fill_quantiles(const Feature& feature, double place, std::vector<double>& values);
  static void find_anchors(Feature& feature);
  /// use(row, feature, quantiles at the context of the row, those of the reference) for each value.
  template <class Use>
  void for_each_value(base::MatrixView context, const Use& use) const;
  void set_reference(Feature& feature) const;

  bool is_logarithmic_ = true;
  double low_ = 0;   ///< ln of the smallest context, or itself
  double high_ = 1;  ///< of the largest
  double reference_place_ = 0;
  std::vector<Feature> features_;
};

}  // namespace eddy::flow
