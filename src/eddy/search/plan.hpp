#pragma once
// The tasks of a search, before any of them is computed: what batch systems share out. It follows from the
// configuration alone; what only the events say (whether labels suffice for benchmarks) is taken to be well.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::search {

struct SearchConfig;

/// Tasks of one kind that do not depend on one another: each may be computed by another process.
struct PlannedStage {
  std::string name;                     ///< "sideband flows"
  std::string kind;                     ///< how the files of its finished tasks begin: "flow"
  std::int64_t tasks = 0;               ///< how many
  std::vector<std::string> after = {};  ///< stages that must be done before
};

/// All stages of a search, of its validation and of its null experiments, in the order in which one process computes
/// them.
[[nodiscard]] std::vector<PlannedStage> plan_search(const SearchConfig& config);

/// The longest chain of stages that follow one another up to this one, itself included.
[[nodiscard]] std::int64_t depth_of(const PlannedStage& stage, const std::vector<PlannedStage>& stages);

/// The classifiers that try to tell the latents of the flows `after` from N(0, 1).
[[nodiscard]] PlannedStage planned_gate(std::vector<std::string> after);

/// The benchmarks in x of searches whose benchmarks have members of their own: none without labels, or without their
/// background.
[[nodiscard]] std::vector<PlannedStage> planned_benchmarks(const SearchConfig& config);

/// Whether the data are expected to know which of their events are signal.
[[nodiscard]] bool has_labels(const SearchConfig& config);

}  // namespace eddy::search
