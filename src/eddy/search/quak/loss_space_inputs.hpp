#pragma once
// The samples of a search in the space of losses. What networks are trained on takes no part in anything else: an event
// that stands in several samples is trained on in all of them or in none.

#include <eddy/base/monitor.hpp>
#include <eddy/search/inputs.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace eddy::search {

/// For each event whether the networks are trained on it (1) or judged by it (0): a function of the seed and its row in
/// the file alone.
[[nodiscard]] std::vector<std::uint8_t> is_training_event(const SearchConfig& config,
                                                          const std::vector<std::uint64_t>& index);

/// The events of a background or prior that networks are trained on, and those that judge.
[[nodiscard]] Sample training_part(const SearchConfig& config, const Sample& sample);
[[nodiscard]] Sample held_out_part(const SearchConfig& config, const Sample& sample);

/// Adds background and priors to `inputs`, whose data are loaded, and takes the events out of the data that a network
/// is trained on. Throws InputError for samples too small to train on.
void load_loss_space(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor,
                     SearchInputs& inputs);

/// `sample`, read from `file`, without the events that a network is trained on; its record counts the rest.
[[nodiscard]] Sample without_training_events(const SearchConfig& config, const std::string& file,
                                             const std::string& folder, const SearchInputs& inputs,
                                             const Sample& sample, InputRecord& record);

/// Adds the signals of [[evaluate]] to `inputs`: what no network is trained on, nor injected (`injected` rows of
/// [inject]). Throws InputError for one without events.
void load_evaluated(const SearchConfig& config, const std::string& folder, const std::set<std::uint64_t>& injected,
                    SearchInputs& inputs);

}  // namespace eddy::search
