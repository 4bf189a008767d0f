#pragma once

#include <eddy/net/active_parameters.hpp>
#include <eddy/net/aligned.hpp>

#include <cstddef>
#include <span>

namespace eddy::net {

/// The Adam optimiser (Kingma and Ba, 1412.6980, algorithm 1) with beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8.
class Adam {
 public:
  explicit Adam(std::size_t n_parameters) : mean_(n_parameters), variance_(n_parameters) {}

  /// One step of size `learning_rate` against `gradient`, which is 0 for masked parameters and becomes 0 everywhere;
  /// parameters that are not active stay as they are.
  void step(double learning_rate, const ActiveParameters& which, std::span<float> gradient,
            std::span<float> parameters);

 private:
  AlignedVector<float> mean_;
  AlignedVector<float> variance_;
  double beta1_power_ = 1;
  double beta2_power_ = 1;
};

}  // namespace eddy::net
