#pragma once
// A world in which simulation and data differ in a known way, in the spectrum of two context variables and in features
// that follow them.

#include <eddy/search/config.hpp>
#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace eddy::search {

/// Data: both contexts exponential of mean 1; simulation: of mean 0.9. Features x1, x2 ~ N(sum of contexts / 2 + shift,
/// 1) with shift 0 in data and -0.4 in simulation. The signal region, both contexts above 0.5, has a third of the data.
/// All labelled.
[[nodiscard]] SearchInputs extrapolation_inputs(std::size_t n_data, std::size_t n_simulation, std::uint64_t seed);

/// Adds labelled signal in the signal region, x ~ N(4, 0.4).
void add_signal_events(std::size_t n, std::uint64_t seed, SearchInputs& inputs);

/// Settings that train in a second: 2 models, small networks, 2 folds.
[[nodiscard]] SearchConfig extrapolation_config(const std::string& method, const std::string& stage);

}  // namespace eddy::search
