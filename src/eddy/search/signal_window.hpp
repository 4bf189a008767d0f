#pragma once

#include <eddy/search/inputs.hpp>
#include <eddy/stats/mass_histogram.hpp>

namespace eddy::search {

/// The interval of the context that the signal region's expression describes: its ends are the roundest numbers that
/// tell the events apart ("mjj > 3300": 3300). Throws InputError when sideband events lie inside it: a bump hunt needs
/// one window.
[[nodiscard]] stats::MassWindow signal_window(const Sample& data);

/// The number with the fewest digits in (low, high], low < high: the border of bins that count from their lower edge.
[[nodiscard]] double roundest_between(double low, double high);

}  // namespace eddy::search
