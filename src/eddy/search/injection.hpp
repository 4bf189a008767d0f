#pragma once
// Signal that a study adds to the data.

#include <eddy/search/inputs.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace eddy::search {

/// How a file is read that is given with its weight only, as in [inject] and [benchmarks]: the rest is as for the data.
[[nodiscard]] SampleSection like_data(const SearchConfig& config, const std::string& file, const std::string& weight);

/// Whether [inject] asks for any event.
[[nodiscard]] bool is_injected(const InjectSection& inject);

/// Appends the events of `extra`, all of them signal, to `sample`, as rows `index` of the file (one per event). They
/// are none of the data that identity columns name. Copies are left to the caller.
void append_signal(Sample& sample, const Sample& extra, const std::vector<std::uint64_t>& index);

/// Injects signal into `inputs.data`, whose record comes first in `inputs`; in a closed signal region no event of it is
/// left. Returns the rows of the file that were used. Throws InputError for an amount that cannot be had, and for one
/// that would say how many events a closed signal region holds.
std::set<std::uint64_t> inject_signal(const SearchConfig& config, const std::string& folder, SearchInputs& inputs);

}  // namespace eddy::search
