#pragma once
// What extrapolations ask of a configuration, and what the paper had set.

namespace eddy::search {

struct SearchConfig;

void apply_extrapolation_defaults(SearchConfig& config);
void apply_extrapolation_paper_preset(SearchConfig& config);
/// Both throw InputError.
void require_extrapolation_context(const SearchConfig& config);
void require_extrapolation(const SearchConfig& config);

}  // namespace eddy::search
