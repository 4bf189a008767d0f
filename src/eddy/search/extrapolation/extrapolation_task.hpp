#pragma once
// What the steps of a search with extrapolated background share.

#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/extrapolation/background_model.hpp>
#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <vector>

namespace eddy::search {

struct ExtrapolationTask {
  const SearchInputs& inputs;
  const SearchConfig& config;
  const base::TaskStore& store;
  const base::Monitor& monitor;
  BackgroundModels background = {};
};

[[nodiscard]] inline base::Seed seed_of(const ExtrapolationTask& task) { return seed_of(task.config); }

/// What the classifiers of the search see of events: the features, and the context where that is configured.
[[nodiscard]] base::Matrix classifier_inputs(const ExtrapolationTask& task, base::MatrixView x,
                                             base::MatrixView context);
/// Data of the control region that model `m` never saw.
[[nodiscard]] std::vector<std::size_t> held_out_data_rows(const ExtrapolationTask& task, std::size_t m);
/// The background that model `m` constructs from the simulated control-region events it never saw.
[[nodiscard]] ConstructedBackground held_out_background(const ExtrapolationTask& task, std::size_t m);
/// The background that model `m` constructs in the signal region.
[[nodiscard]] ConstructedBackground signal_region_background(const ExtrapolationTask& task, std::size_t m);

}  // namespace eddy::search
