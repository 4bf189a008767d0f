#pragma once

#include <eddy/base/random.hpp>
#include <eddy/classify/training_sample.hpp>
#include <eddy/net/regularised_perceptron.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace eddy::classify {

/// Weighted binary cross-entropy of a network of one output that is trained with batch normalisation or dropout. What
/// is dropped in an epoch is a function of (stream, epoch, event).
class RegularisedLoss {
 public:
  /// Arguments must live as long as this object; `batch_size` is the largest batch.
  RegularisedLoss(const net::RegularisedPerceptron& network, const TrainingPart& part, std::size_t batch_size,
                  const base::RandomStream& stream);

  /// Mean over the batch `rows`, which share the moments of the normalisation; adds its gradient.
  double batch(std::span<const float> parameters, std::span<const std::size_t> rows, std::span<float> gradient);

  /// Sets the constants of the normalisation to the moments of the training events (of kMomentEvents evenly spaced ones
  /// where there are more) and goes on to the next epoch.
  void end_epoch(std::span<float> parameters);

  /// Moments from so many events are known to 1/3 % of a standard deviation.
  static constexpr std::size_t kMomentEvents = std::size_t{1} << 17U;

 private:
  void gather(std::span<const std::size_t> rows, net::AlignedVector<float>& panels) const;

  const net::RegularisedPerceptron& network_;
  const TrainingPart& part_;
  base::RandomStream stream_;
  std::uint64_t epoch_ = 0;
  net::AlignedVector<float> x_, workspace_, output_, d_output_, scratch_, target_, weight_, loss_;
  std::vector<std::uint64_t> counters_;
};

}  // namespace eddy::classify
