#pragma once
// Which events of a loss space judge what others chose: cuts are chosen, and discriminants trained, on one half of the
// held-out events of each sample, and judged on the other.

#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace eddy::search {

/// Positions of the events of even rows of the file (`index`: split_index of the sample), which choose cuts and train
/// discriminants, and of those of odd rows, which judge them: an event that one file gives to several samples is on the
/// same side in all.
[[nodiscard]] std::vector<std::size_t> choosing_rows(const std::vector<std::uint64_t>& index);
[[nodiscard]] std::vector<std::size_t> judging_rows(const std::vector<std::uint64_t>& index);

/// Takes judging events out of background and signals that, in another file, are among what networks and classifiers
/// are trained on or cuts are chosen with; rows of different files know nothing of each other. Records count what is
/// left.
void take_out_judges_that_choose(const SearchConfig& config, SearchInputs& inputs);

}  // namespace eddy::search
