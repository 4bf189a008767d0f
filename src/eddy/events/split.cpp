#include <eddy/base/error.hpp>
#include <eddy/events/split.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::events {

std::vector<std::uint8_t> assign_folds(base::Seed seed, std::string_view split,
                                       std::span<const std::uint64_t> event_indices, std::size_t k) {
  if (k < 2 || k > 255) {
    throw base::InputError(fmt::format("the split '{}' has {} folds; use a number from 2 to 255", split, k));
  }
  const base::RandomStream stream(seed, split);
  std::vector<std::uint8_t> folds(event_indices.size());
  std::transform(event_indices.begin(), event_indices.end(), folds.begin(), [&](std::uint64_t index) {
    return static_cast<std::uint8_t>(stream.uniform_at(index) * static_cast<double>(k));
  });
  return folds;
}

std::vector<std::uint8_t> assign_subset(base::Seed seed, std::string_view split,
                                        std::span<const std::uint64_t> event_indices, double fraction) {
  if (!(fraction >= 0 && fraction <= 1)) {
    throw base::InputError(
        fmt::format("the subset '{}' has the fraction {}; use a number from 0 to 1", split, fraction));
  }
  const base::RandomStream stream(seed, split);
  std::vector<std::uint8_t> flags(event_indices.size());
  std::transform(event_indices.begin(), event_indices.end(), flags.begin(), [&](std::uint64_t index) {
    return static_cast<std::uint8_t>(stream.uniform_at(index) < fraction ? 1 : 0);
  });
  return flags;
}

}  // namespace eddy::events
