#pragma once
// What resonant methods ask of a configuration, and what the papers had set.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::base {
class Monitor;
}

namespace eddy::search {

struct PlannedStage;
struct SearchConfig;
struct SearchInputs;

/// Sections that it reads beside those of all families.
inline constexpr auto kResonantSections = std::to_array<std::string_view>(
    {"flow", "signal_flow", "classifier", "trees", "mlp", "linear", "folds", "working_points", "bump_hunt", "sculpting",
     "benchmarks", "gate", "validation", "calibration", "anomaly"});

void apply_resonant_defaults(SearchConfig& config);
void apply_resonant_paper_preset(SearchConfig& config);
/// Throws InputError.
void require_resonant(const SearchConfig& config);

/// Reads nothing; throws InputError for masses that the bump hunt cannot work with.
void load_resonant(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor,
                   SearchInputs& inputs);

/// The stages of its tasks (search/plan.hpp).
[[nodiscard]] std::vector<PlannedStage> plan_resonant(const SearchConfig& config);

}  // namespace eddy::search
