#pragma once
// A search with extrapolated background made of random numbers: data, simulation and constructed background follow
// known densities, so that the weights are exact and everything closes; the counts are counted.

#include <eddy/search/finding.hpp>

#include <cstddef>
#include <string>

namespace eddy::report_test {

struct ExtrapolationOptions {
  std::string stage = "sr";
  std::size_t n_background = 20000;
  std::size_t n_simulation = 40000;
  std::size_t n_injected = 120;
  bool with_labels = true;  ///< truth, closure in the signal region, evaluations
};

/// The same output for the same options, always.
[[nodiscard]] search::Finding synthetic_extrapolation(const ExtrapolationOptions& options = {});

}  // namespace eddy::report_test
