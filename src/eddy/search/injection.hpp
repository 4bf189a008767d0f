#pragma once
// Signal that a study adds to the data.

#include <eddy/search/inputs.hpp>

#include <cstdint>
#include <set>
#include <string>

namespace eddy::search {

/// How a file is read that is given with its weight only, as in [inject] and [benchmarks]: the rest is as for the data.
[[nodiscard]] SampleSection like_data(const SearchConfig& config, const std::string& file, const std::string& weight);

/// Whether [inject] asks for any event.
[[nodiscard]] bool is_injected(const InjectSection& inject);

/// Injects signal into `inputs.data`, whose record comes first in `inputs`; in a closed signal region no event of it is
/// left. Returns the rows of the file that were used. Throws InputError for an amount that cannot be had, and for one
/// that would say how many events a closed signal region holds.
std::set<std::uint64_t> inject_signal(const SearchConfig& config, const std::string& folder, SearchInputs& inputs);

}  // namespace eddy::search
