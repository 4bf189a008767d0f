#pragma once
// The signal of a limit: events of which some are injected, and others say how many pass a cut.

#include <eddy/base/random.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace eddy::search {

/// A file of signal events; what else is read of it is as for the data.
struct SignalFile {
  std::string file;
  std::string folder = {};                ///< where a relative path starts
  std::string weight = {};                ///< column of what each event counts; empty: 1 each
  std::vector<std::string> columns = {};  ///< names for a 2-D array; empty: those of the data
};

struct LimitSignal {
  /// Selected, features spread as those of the data; none of the events of the data, nor any that networks of a space
  /// of losses are trained on.
  Sample events;
  InputRecord record;
  double in_region = 0;            ///< fraction of the signal in the signal region
  double expected = 0;             ///< sum of the weights of all selected events of the signal region
  std::size_t n_also_in_data = 0;  ///< events that were left out: they stand in the data
  std::size_t n_trained_on = 0;    ///< likewise: networks of a space of losses are trained on them
};

/// Reads the signal of a search with `inputs`; of families that need no regions, all of it lies in the signal region.
/// Throws InputError (units that differ, weights that are negative, fewer events in the signal region than an
/// efficiency can be measured with) and IoError.
[[nodiscard]] LimitSignal load_limit_signal(const SearchConfig& config, const SignalFile& file,
                                            const SearchInputs& inputs);

/// The largest strength (signal events of the signal region) that half of the events are surely enough for.
[[nodiscard]] double largest_strength(const LimitSignal& signal);

/// `base` with as many events of `signal` as hold `strength` of the signal region on average, labelled, and no other
/// labels. They come from one half of the events, chosen by `stream`; the other half is the labelled signal that the
/// search is judged with, of which nothing is trained on. Copies stay in one half. Throws InputError where the half has
/// fewer events.
[[nodiscard]] SearchInputs with_injected(const SearchInputs& base, const LimitSignal& signal, double strength,
                                         const base::RandomStream& stream);

}  // namespace eddy::search
