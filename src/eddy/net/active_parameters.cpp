#include <eddy/net/active_parameters.hpp>

#include <algorithm>
#include <cassert>

namespace eddy::net {
namespace {

/// Appends [begin, end), as part of the last range where they touch.
void append(std::vector<RowRange>& ranges, std::size_t begin, std::size_t end) {
  if (!ranges.empty() && ranges.back().end == begin) {
    ranges.back().end = end;
  } else {
    ranges.push_back({begin, end});
  }
}

}  // namespace

ActiveParameters find_active_parameters(std::span<const float> mask) {
  assert(mask.size() % kRowUnit == 0);
  ActiveParameters parameters;
  for (std::size_t first = 0; first < mask.size(); first += kRowUnit) {
    const auto unit = mask.subspan(first, kRowUnit);
    if (std::ranges::none_of(unit, [](float m) { return m != 0; })) {
      continue;
    }
    append(parameters.active, first, first + kRowUnit);
    for (std::size_t i = first; i < first + kRowUnit; ++i) {
      if (mask[i] == 0) {
        append(parameters.masked, i, i + 1);
      }
    }
  }
  return parameters;
}

void clear_masked(const ActiveParameters& parameters, std::span<float> gradient) {
  for (const RowRange& range : parameters.masked) {
    std::fill(gradient.begin() + static_cast<std::ptrdiff_t>(range.begin),
              gradient.begin() + static_cast<std::ptrdiff_t>(range.end), 0.0F);
  }
}

}  // namespace eddy::net
