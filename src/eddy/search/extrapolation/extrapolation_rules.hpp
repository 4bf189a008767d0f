#pragma once
// What extrapolations ask of a configuration, and what the paper had set.

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
inline constexpr auto kExtrapolationSections = std::to_array<std::string_view>(
    {"simulation", "extrapolation", "weights", "flow", "transfer", "classifier", "trees", "mlp", "linear", "folds",
     "working_points", "benchmarks", "validation", "calibration", "anomaly", "statistics"});

void apply_extrapolation_defaults(SearchConfig& config);
void apply_extrapolation_paper_preset(SearchConfig& config);
/// Both throw InputError.
void require_extrapolation_context(const SearchConfig& config);
void require_extrapolation(const SearchConfig& config);

/// The simulation. Throws InputError like load_reference.
void load_extrapolation(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor,
                        SearchInputs& inputs);

/// The stages of its tasks (search/plan.hpp).
[[nodiscard]] std::vector<PlannedStage> plan_extrapolation(const SearchConfig& config);

}  // namespace eddy::search
