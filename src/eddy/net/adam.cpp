#include <eddy/net/adam.hpp>
#include <eddy/net/simd.hpp>

#include <cmath>

namespace eddy::net {

void Adam::step(double learning_rate, std::span<const float> gradient, std::span<const float> mask,
                std::span<float> parameters) {
  constexpr float kBeta1 = 0.9F;
  constexpr float kBeta2 = 0.999F;
  constexpr float kEpsilon = 1e-8F;
  beta1_power_ *= kBeta1;
  beta2_power_ *= kBeta2;
  // The bias corrections are folded into the step size and into epsilon.
  const double root = std::sqrt(1 - beta2_power_);
  const auto rate = static_cast<float>(learning_rate * root / (1 - beta1_power_));
  const auto epsilon = static_cast<float>(kEpsilon * root);
  for (std::size_t i = 0; i < parameters.size(); i += kLanes<float>) {
    const Vec<float> g = load(&gradient[i]) * load(&mask[i]);
    const Vec<float> m = kBeta1 * load(&mean_[i]) + (1 - kBeta1) * g;
    const Vec<float> v = kBeta2 * load(&variance_[i]) + (1 - kBeta2) * (g * g);
    store(&mean_[i], m);
    store(&variance_[i], v);
    store(&parameters[i], load(&parameters[i]) - rate * m / (square_root<float>(v) + epsilon));
  }
}

}  // namespace eddy::net
