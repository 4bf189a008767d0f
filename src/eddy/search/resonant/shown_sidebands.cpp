#include <eddy/search/resonant/shown_sidebands.hpp>

#include <vector>

namespace eddy::search {
namespace {

/// Sideband events with low <= mass <= high.
BackgroundEvents sideband_part(const ScoredSample& data, double low, double high) {
  std::vector<std::size_t> rows = region_rows(data, false);
  std::erase_if(rows, [&](std::size_t row) { return !(data.context(row, 0) >= low && data.context(row, 0) <= high); });
  return {.columns = base::take_rows(data.x, rows),
          .weight = std::vector<float>(rows.size(), 1.0F),
          .source = rows,
          .background_efficiency = take(data.background_efficiency, rows)};
}

}  // namespace

ShownBackground shown_sidebands(const ScoredSample& data, stats::MassWindow window) {
  const double width = window.high - window.low;
  return {.name = "sidebands",
          .parts = {sideband_part(data, window.low - width, window.low),
                    sideband_part(data, window.high, window.high + width)}};
}

}  // namespace eddy::search
