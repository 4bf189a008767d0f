#pragma once
// The signal events with known truth that all methods and benchmarks of a search are judged on.

#include <eddy/search/inputs.hpp>

#include <cstdint>
#include <vector>

namespace eddy::search {

/// Signal events with known truth, all in the signal region; the fold of each says who may judge it.
struct TrueSignal {
  Sample signal;
  std::vector<std::uint8_t> signal_fold;
  bool signal_is_in_data = false;  ///< `signal` are labelled events of the data itself
};

/// Those of [benchmarks] signal, of which none is injected and copies of data events stand in the fold of these;
/// without that file, the labelled signal of the data. `data_fold` is the fold of every event of the data.
[[nodiscard]] TrueSignal true_signal(const SearchInputs& inputs, const SearchConfig& config,
                                     const std::vector<std::uint8_t>& data_fold);

}  // namespace eddy::search
