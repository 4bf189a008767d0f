#pragma once

#include <eddy/base/random.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace eddy::events {

/// The fold in [0, k) of each event: a pure function of (seed, name of the split, event index), so it does not depend
/// on how many events there are, on selections or on the order of the rows. Throws InputError unless 2 <= k <= 255.
[[nodiscard]] std::vector<std::uint8_t> assign_folds(base::Seed seed, std::string_view split,
                                                     std::span<const std::uint64_t> event_indices, std::size_t k);

/// Whether each event (1 or 0) falls into a random subset of expected size `fraction`; the same properties. Throws
/// InputError unless 0 <= fraction <= 1.
[[nodiscard]] std::vector<std::uint8_t> assign_subset(base::Seed seed, std::string_view split,
                                                      std::span<const std::uint64_t> event_indices, double fraction);

}  // namespace eddy::events
