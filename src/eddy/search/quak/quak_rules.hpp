#pragma once
// What searches in a space of losses ask of a configuration, and what the paper had set.

namespace eddy::search {

struct SearchConfig;

void apply_quak_paper_preset(SearchConfig& config);
/// Both throw InputError.
void require_quak_context(const SearchConfig& config);
void require_quak(const SearchConfig& config);

}  // namespace eddy::search
