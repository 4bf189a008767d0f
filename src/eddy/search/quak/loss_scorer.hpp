#pragma once
// What a finished search in a space of losses says of single events: the losses of all networks, and the category.

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/events/events.hpp>
#include <eddy/search/quak/loss_networks.hpp>

#include <cstddef>
#include <vector>

namespace eddy::search {

struct Finding;
struct Sample;

/// Packs what score_by_losses needs: {"names": [...], "scaler": null for pixels, "networks": [...], "categories": null
/// without}; of `finding` the categories and their masses.
[[nodiscard]] base::Json make_loss_scorer(const LossNetworks& space, const Finding& finding);

/// Adds to `table`, of as many events as `sample`: "loss_background" and "loss_" + each prior; where categories were
/// fitted, "category" (their number in result.json counted from 1, by the losses alone; 0: not behind the preselection)
/// and "in_spectrum" (1: its mass lies in the bins that are fitted). The bits do not depend on the other events.
/// Returns the values of each feature outside the range of the background that was trained on; empty for pixels. Throws
/// IoError for what make_loss_scorer did not pack.
[[nodiscard]] std::vector<std::size_t> score_by_losses(const base::Json& scorer, const Sample& sample,
                                                       events::Events& table);

/// The same columns of the data of a search, whose losses are known.
void add_losses(const Finding& finding, events::Events& table);

}  // namespace eddy::search
