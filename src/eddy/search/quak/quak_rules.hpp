#pragma once
// What searches in a space of losses ask of a configuration, and what the paper had set.

#include <array>
#include <string_view>
#include <vector>

namespace eddy::search {

struct PlannedStage;
struct SearchConfig;

/// Sections that it reads beside those of all families.
inline constexpr auto kQuakSections = std::to_array<std::string_view>(
    {"background", "vae", "quak", "supervised", "prior", "evaluate", "discriminant", "calibration"});

void apply_quak_paper_preset(SearchConfig& config);
/// Both throw InputError.
void require_quak_context(const SearchConfig& config);
void require_quak(const SearchConfig& config);

/// The stages of its tasks (search/plan.hpp).
[[nodiscard]] std::vector<PlannedStage> plan_quak(const SearchConfig& config);

}  // namespace eddy::search
