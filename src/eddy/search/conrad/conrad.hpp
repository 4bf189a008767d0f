#pragma once

#include <eddy/search/search.hpp>

namespace eddy::search {

/// Complete optimal non-resonant anomaly detection (Kasieczka, Raine, Shih and Upadhyay, 2404.07258) with k-fold use of
/// all data.
[[nodiscard]] SearchRun run_conrad(const Search& search);
/// What needs no data of the signal region: flows and latent gate of the template.
[[nodiscard]] SearchRun prepare_conrad(const Search& search);

}  // namespace eddy::search
