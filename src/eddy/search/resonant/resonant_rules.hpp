#pragma once
// What resonant methods ask of a configuration, and what the papers had set.

#include <string>

namespace eddy::base {
class Monitor;
}

namespace eddy::search {

struct SearchConfig;
struct SearchInputs;

void apply_resonant_defaults(SearchConfig& config);
void apply_resonant_paper_preset(SearchConfig& config);
/// Throws InputError.
void require_resonant(const SearchConfig& config);

/// Reads nothing; throws InputError for masses that the bump hunt cannot work with.
void load_resonant(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor,
                   SearchInputs& inputs);

}  // namespace eddy::search
