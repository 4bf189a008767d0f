#pragma once

#include <eddy/net/aligned.hpp>

#include <cstddef>
#include <span>

namespace eddy::net {

/// The Adam optimiser (Kingma and Ba, 1412.6980, algorithm 1) with beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8.
class Adam {
 public:
  explicit Adam(std::size_t n_parameters) : mean_(n_parameters), variance_(n_parameters) {}

  /// One step of size `learning_rate` against `gradient`; parameters whose mask is 0 stay as they are.
  void step(double learning_rate, std::span<const float> gradient, std::span<const float> mask,
            std::span<float> parameters);

 private:
  AlignedVector<float> mean_;
  AlignedVector<float> variance_;
  double beta1_power_ = 1;
  double beta2_power_ = 1;
};

}  // namespace eddy::net
