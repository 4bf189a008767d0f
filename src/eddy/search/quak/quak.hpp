#pragma once

#include <eddy/search/search.hpp>

namespace eddy::search {

/// A search in the space of losses (QUAK, 2011.03550): one autoencoder of background and one of each signal prior, on
/// features that one scaler prepares; then, where a mass is configured, bumps behind cuts (method 1) and in categories
/// of the space (method 2); with signals to evaluate, how well the space tells them from background.
[[nodiscard]] SearchRun run_quak(const Search& search);
/// What needs no data of the signal region: networks, and how well the space tells signals from held-out background.
[[nodiscard]] SearchRun prepare_quak(const Search& search);

}  // namespace eddy::search
