#pragma once
// What searches in a space of losses ask of a configuration, and what the paper had set.

#include <array>
#include <string_view>

namespace eddy::search {

struct SearchConfig;

/// Sections that it reads beside those of all families.
inline constexpr auto kQuakSections =
    std::to_array<std::string_view>({"background", "vae", "quak", "supervised", "prior", "evaluate", "discriminant"});

inline constexpr std::string_view kNoScoresOfQuak =
    "a search in a space of losses, where events have no single score: give them as [data] of a new run with "
    "--store on its models/, whose scores.h5 holds their losses";

void apply_quak_paper_preset(SearchConfig& config);
/// Both throw InputError.
void require_quak_context(const SearchConfig& config);
void require_quak(const SearchConfig& config);

}  // namespace eddy::search
