#pragma once

#include <eddy/base/matrix.hpp>
#include <eddy/base/random.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace eddy::classify {

/// Part of the events of a training, copied: rows side by side as the classifiers want them.
struct TrainingPart {
  base::Matrix x;
  std::vector<float> label;   ///< 1 = data, 0 = reference
  std::vector<float> weight;  ///< both classes sum to half the number of events
};

struct TrainingSplit {
  TrainingPart train;
  TrainingPart validation;
};

/// Splits the events of a weakly supervised training at random, the same fraction of both classes, and scales the
/// weights so that an unequal number of events does not move the optimum. x: (n_events, n_features), one label (0 or 1)
/// and weight (>= 0) per event. Throws InputError (lengths, a class with too few events to split, labels, weights or
/// features that are not usable).
[[nodiscard]] TrainingSplit split_training_sample(base::MatrixView x, std::span<const std::uint8_t> label,
                                                  std::span<const float> weight, double validation_fraction,
                                                  base::RandomStream stream);

/// Throws InputError that names the first value of `x` that is NaN or infinite.
void require_finite(base::MatrixView x);

}  // namespace eddy::classify
