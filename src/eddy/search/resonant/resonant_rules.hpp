#pragma once
// What resonant methods ask of a configuration, and what the papers had set.

namespace eddy::search {

struct SearchConfig;

void apply_resonant_defaults(SearchConfig& config);
void apply_resonant_paper_preset(SearchConfig& config);
/// Throws InputError.
void require_resonant(const SearchConfig& config);

}  // namespace eddy::search
