#include <eddy/search/detector.hpp>
#include <eddy/search/extrapolation/extrapolation_task.hpp>

#include <fmt/format.h>

namespace eddy::search {
namespace {

std::vector<std::size_t> rows_in_region_fold(const Sample& sample, const std::vector<std::uint8_t>& fold,
                                             std::size_t m) {
  std::vector<std::size_t> rows = region_rows(sample, false);
  std::erase_if(rows, [&](std::size_t row) { return fold[row] != m; });
  return rows;
}

}  // namespace

base::Matrix classifier_inputs(const ExtrapolationTask& task, base::MatrixView x, base::MatrixView context) {
  return task.config.classifier.use_context ? join_columns(x, context) : base::stack_rows({}, x);
}

std::vector<std::size_t> held_out_data_rows(const ExtrapolationTask& task, std::size_t m) {
  return rows_in_region_fold(task.inputs.data, task.background.data_fold, m);
}

ConstructedBackground held_out_background(const ExtrapolationTask& task, std::size_t m) {
  return construct_background(task.background.models[m], task.inputs.simulation,
                              rows_in_region_fold(task.inputs.simulation, task.background.simulation_fold, m),
                              task.config, {seed_of(task), fmt::format("control region samples/{}", m)});
}

ConstructedBackground signal_region_background(const ExtrapolationTask& task, std::size_t m) {
  return construct_background(task.background.models[m], task.inputs.simulation,
                              region_rows(task.inputs.simulation, true), task.config,
                              {seed_of(task), fmt::format("signal region samples/{}", m)});
}

}  // namespace eddy::search
