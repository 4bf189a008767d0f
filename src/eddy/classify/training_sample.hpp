#pragma once

#include <eddy/base/matrix.hpp>
#include <eddy/base/random.hpp>
#include <eddy/base/task_key.hpp>
#include <eddy/events/scaler.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace eddy::classify {

/// The events of a weakly supervised training, one row or entry per event.
struct LabelledEvents {
  base::Matrix x;
  std::vector<std::uint8_t> label;  ///< 1 = data, 0 = reference
  std::vector<float> weight;        ///< not negative
};

/// All of it, for the key of the task that trains on it.
[[nodiscard]] base::TaskInputs task_inputs(const LabelledEvents& events);

/// A random split of training events. In either part the weights of both classes sum to half its number of events, so
/// that an unequal number of events does not move the optimum.
struct WeightedSplit {
  std::vector<std::uint8_t> is_validation;
  std::vector<float> weight;
};

/// Splits events at random, the same fraction of both classes. One label (0 or 1) and weight (>= 0) per event. Throws
/// InputError (a class with too few events to split, or without weight).
[[nodiscard]] WeightedSplit draw_weighted_split(std::span<const std::uint8_t> label, std::span<const float> weight,
                                                double validation_fraction, base::RandomStream stream);

/// Weights whose sum over either class is half the number of events; those of a class without weight stay 0.
[[nodiscard]] std::vector<float> balanced_weights(std::span<const std::uint8_t> label, std::span<const float> weight);

/// Part of the events of a training, copied: rows side by side as networks want them.
struct TrainingPart {
  base::Matrix x;
  std::vector<float> label;   ///< 1 = data, 0 = reference
  std::vector<float> weight;  ///< both classes sum to half the number of events
};

struct TrainingSplit {
  TrainingPart train;
  TrainingPart validation;
};

/// draw_weighted_split with both parts copied. x: (n_events, n_features). Throws InputError as that and
/// require_training_events do.
[[nodiscard]] TrainingSplit split_training_sample(base::MatrixView x, std::span<const std::uint8_t> label,
                                                  std::span<const float> weight, double validation_fraction,
                                                  base::RandomStream stream);

/// Throws InputError when there is not one label (0 or 1) and one finite weight (>= 0) per row of `x`, or a value of
/// `x` is not finite.
void require_training_events(base::MatrixView x, std::span<const std::uint8_t> label, std::span<const float> weight);

/// Standardises the features of `x`, which messages call "classifier input 0", ... Throws InputError for a feature
/// without spread.
[[nodiscard]] events::Scaler fit_input_scaler(base::MatrixView x);

/// Throws InputError that names the first value of `x` that is NaN or infinite.
void require_finite(base::MatrixView x);

}  // namespace eddy::classify
