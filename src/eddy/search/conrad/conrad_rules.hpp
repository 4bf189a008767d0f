#pragma once
// What CONRAD asks of a configuration, and what the paper had set.

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
inline constexpr auto kConradSections = std::to_array<std::string_view>(
    {"template", "flow", "classifier", "trees", "mlp", "linear", "folds", "working_points", "benchmarks", "gate",
     "validation", "calibration", "anomaly", "statistics"});

void apply_conrad_paper_preset(SearchConfig& config);
/// Throws InputError.
void require_conrad(const SearchConfig& config);

/// The template. Throws InputError like load_reference.
void load_conrad(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor,
                 SearchInputs& inputs);

/// The stages of its tasks (search/plan.hpp).
[[nodiscard]] std::vector<PlannedStage> plan_conrad(const SearchConfig& config);

}  // namespace eddy::search
