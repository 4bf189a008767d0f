#include <eddy/base/json.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/plan.hpp>

#include <fmt/format.h>

namespace eddy::runs {

std::string plan(const RunOptions& options) {
  const std::vector<search::PlannedStage> stages = search::plan_search(load_config(options.config, options.set).config);
  std::string lines;
  for (const search::PlannedStage& stage : stages) {
    const std::int64_t depth = search::depth_of(stage, stages);
    for (std::int64_t i = 1; i <= stage.tasks; ++i) {
      lines += base::Json{{"task", fmt::format("{} {}/{}", stage.name, i, stage.tasks)},
                          {"stage", stage.name},
                          {"kind", stage.kind},
                          {"after", stage.after},
                          {"depth", depth}}
                   .dump(-1, ' ', false, base::Json::error_handler_t::replace) +
               "\n";
    }
  }
  return lines;
}

}  // namespace eddy::runs
