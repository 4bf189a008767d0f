#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

namespace eddy::runs {

void calibrate(const CalibrateOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  const RunFolder folder(options.run);
  base::require_nobody_at_work(options.run);
  const base::Json result = folder.read("result.json");  // a run that is not finished says so
  folder.require_bound(result);
  const std::string config = folder.file("config.toml");
  const std::string experiments = fmt::format("calibration.experiments={}", options.experiments);
  const search::SearchConfig loaded = load_config(config, {}).config;
  if (search::rules_of(loaded).nulls == nullptr) {
    throw base::InputError(fmt::format("'{}' was searched with {}, for which there are no null experiments yet",
                                       options.run, search::method_title(loaded.search.method)));
  }
  if (report::is_blind(result)) {
    throw base::InputError(fmt::format(
        "the signal region of '{}' is closed, so there is no Z to calibrate; open it first (eddy run --stage sr)",
        options.run));
  }
  run({.config = config, .out = options.run, .store = options.store, .set = {experiments}}, listener, stop);
}

}  // namespace eddy::runs
