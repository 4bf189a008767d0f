#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/options.hpp>
#include <eddy/base/random.hpp>
#include <eddy/classify/training_sample.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace eddy::classify {

/// Histogram gradient boosting; the defaults are CONRAD's (arXiv:2404.07258): scikit-learn's
/// HistGradientBoostingClassifier with up to 200 iterations of up to 61 leaves.
struct TreeSettings {
  std::int64_t max_iterations = 200;
  std::int64_t max_leaves = 61;
  double learning_rate = 0.1;
  std::int64_t min_leaf_events = 20;
  double l2 = 0.0;
  std::int64_t max_bins = 255;
  double validation_fraction = 0.25;
  std::int64_t patience = 10;
  double feature_fraction = 1;  ///< of the features, which each tree sees
};

void describe(TreeSettings& settings, base::OptionVisitor& visitor);

/// Weighted mean binary cross-entropy after each iteration that was run, in nats.
struct LossCurves {
  std::vector<double> train;
  std::vector<double> validation;
};

/// The events of a training, binned once for all members of an ensemble. It never changes, so that members may be
/// fitted on it side by side.
class QuantisedSample {
 public:
  /// Bins each feature in at most `max_bins` quantiles of the weighted events, data and reference together and of equal
  /// weight: where the data is denser than the reference, bins must be as fine as for the data alone.
  /// Throws InputError (no events, or see require_training_events) and NumericError (XGBoost failed).
  QuantisedSample(const LabelledEvents& events, std::int64_t max_bins);

  [[nodiscard]] std::size_t n_features() const { return n_features_; }
  [[nodiscard]] std::span<const std::uint8_t> label() const { return label_; }
  [[nodiscard]] std::span<const float> weight() const { return weight_; }

 private:
  friend class BoostedTrees;
  struct MatrixDeleter {
    void operator()(void* matrix) const;
  };

  std::size_t n_features_;
  std::int64_t max_bins_;
  std::vector<std::uint8_t> label_;
  std::vector<float> weight_;
  std::unique_ptr<void, MatrixDeleter> matrix_;
};

/// A boosted decision-tree classifier of data (label 1) against reference (label 0), by XGBoost on one thread. The
/// result depends on the arguments alone. Different objects may be used from different threads at the same time.
class BoostedTrees {
 public:
  /// Fits on a sample, which other threads may use at the same time.
  ///
  /// A random part of each class, drawn with `stream`, is kept for validation, and weights are scaled so that both
  /// classes have equal sums and the mean is 1. Boosting stops when the validation loss has not improved for `patience`
  /// iterations; the trees up to the best iteration are kept. `min_leaf_events` is applied to the sum of p (1 - p)
  /// weight in a leaf: that of as many events of mean weight at p = 1/2, the count itself where the classes are hardly
  /// separable. Throws InputError (a class with too few events to split or without weight, a sample of another number
  /// of bins), NumericError (XGBoost failed, or the loss is not finite) and Interrupted.
  [[nodiscard]] static BoostedTrees fit(const QuantisedSample& sample, const TreeSettings& settings,
                                        const base::RandomStream& stream, const base::Monitor& monitor);

  /// Probability of label 1 when both classes are equally likely, in (0, 1), one per row of x. Throws InputError when x
  /// has another number of features than the fit or a value that is not finite.
  [[nodiscard]] std::vector<float> predict(base::MatrixView x) const;

  [[nodiscard]] std::size_t n_features() const { return n_features_; }
  /// Number of iterations kept: the one of lowest validation loss is the last of them.
  [[nodiscard]] std::size_t n_iterations() const { return n_iterations_; }
  /// The losses of all iterations run, those after the best one included.
  [[nodiscard]] const LossCurves& losses() const { return losses_; }

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static BoostedTrees from_json(const base::Json& json);

 private:
  struct BoosterDeleter {
    void operator()(void* booster) const;
  };
  using Booster = std::unique_ptr<void, BoosterDeleter>;

  BoostedTrees(Booster booster, std::size_t n_features, std::size_t n_iterations, LossCurves losses);

  Booster booster_;
  std::size_t n_features_ = 0;
  std::size_t n_iterations_ = 0;
  LossCurves losses_;
};

}  // namespace eddy::classify
