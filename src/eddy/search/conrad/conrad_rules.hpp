#pragma once
// What CONRAD asks of a configuration, and what the paper had set.

namespace eddy::search {

struct SearchConfig;

void apply_conrad_paper_preset(SearchConfig& config);
/// Throws InputError.
void require_conrad(const SearchConfig& config);

}  // namespace eddy::search
