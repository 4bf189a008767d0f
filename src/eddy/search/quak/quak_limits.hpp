#pragma once

#include <eddy/search/limits/signal_search.hpp>

namespace eddy::search {

/// A signal of given events in a space of losses: they go through the networks, and their shares of the categories and
/// their masses are what is fitted, with one strength and the background of each category free. With signal in the data
/// the categories are divided anew; networks know simulation alone and stay as they are. Throws InputError where no
/// category was fitted, or fewer signal events than kFewestForShares, of those kept aside, are in any category and in
/// the spectra.
[[nodiscard]] SignalSearch seek_in_losses(const Search& search, const Finding& finding, const LimitSignal& signal);

}  // namespace eddy::search
