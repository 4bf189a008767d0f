#pragma once
// Where a closed signal region lies, from its expression and the events outside of it alone.

#include <eddy/search/config.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <optional>
#include <span>

namespace eddy::search {

/// The window of [regions] signal in the first context variable. The expression is tried in the spaces between
/// neighbouring `masses`, those of the sidebands, and its borders are then found by bisection: to the last bit of a
/// float32, of which the roundest number is taken as signal_window does. Nothing where the expression has other columns
/// than the context, or where it holds in none or in several of these spaces (the region has no sideband below or
/// above, or is much narrower than the space that it leaves): no event inside is there to say more.
[[nodiscard]] std::optional<stats::MassWindow> closed_window(const SearchConfig& config, std::span<const float> masses);

}  // namespace eddy::search
