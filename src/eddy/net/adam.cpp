#include <eddy/net/adam.hpp>

#include <cmath>

namespace eddy::net {

void Adam::step(double learning_rate, const ActiveParameters& which, std::span<float> gradient,
                std::span<float> parameters) {
  constexpr double kBeta1 = 0.9;
  constexpr double kBeta2 = 0.999;
  constexpr double kEpsilon = 1e-8;
  beta1_power_ *= kBeta1;
  beta2_power_ *= kBeta2;
  // The bias corrections are folded into the step size and into epsilon.
  const double root = std::sqrt(1 - beta2_power_);
  const AdamRates rates{static_cast<float>(learning_rate * root / (1 - beta1_power_)),
                        static_cast<float>(kEpsilon * root)};
  kernels<float>().adam(rates, which.active.data(), which.active.size(), gradient.data(), mean_.data(),
                        variance_.data(), parameters.data());
}

}  // namespace eddy::net
