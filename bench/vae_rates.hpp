#pragma once

#include <eddy/base/json.hpp>
#include <eddy/vae/settings.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace eddy::bench {

struct VaeConfiguration {
  std::string_view name;
  std::size_t n_features;
  std::size_t n_events;  ///< of the training sample
  vae::VaeSettings settings;
};

/// QUAK's networks: "quak" for dijets, "quak_mnist" for images. bench/pytorch/throughput.py has the same.
[[nodiscard]] std::vector<VaeConfiguration> vae_configurations();

/// As flow_rates (rates.hpp), where density is the reconstruction loss.
[[nodiscard]] base::Json vae_rates(const VaeConfiguration& configuration, double seconds);

}  // namespace eddy::bench
