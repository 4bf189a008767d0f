#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/runs/calibration.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/same_run.hpp>
#include <eddy/runs/search_run.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/work.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

namespace eddy::runs {
namespace {

constexpr std::size_t kMostExperiments = 100'000;

}  // namespace

base::Json result_to_calibrate(const RunFolder& folder, std::size_t experiments) {
  if (experiments > kMostExperiments) {
    throw base::InputError(
        fmt::format("--experiments {} is more than the {} that are possible", experiments, kMostExperiments));
  }
  base::Json result = finished_result(folder);
  const search::SearchConfig searched = load_config(folder.file("config.toml"), {}).config;
  if (!search::has_null_experiments(searched)) {
    throw base::InputError(fmt::format("'{}' was searched with {}, for which there are no null experiments",
                                       folder.path(), search::method_title(searched.search.method)));
  }
  if (report::is_blind(result)) {
    throw base::InputError(fmt::format(
        "the signal region of '{0}' is closed, so there is no Z to calibrate; open it first with 'eddy unblind {0}'",
        folder.path()));
  }
  return result;
}

void prepare_calibration(const CalibrateOptions& options) {
  const RunFolder folder(options.run);
  base::require_nobody_at_work(options.run);
  static_cast<void>(result_to_calibrate(folder, options.experiments));
  require_store(options.store);
  prepare_for_work(folder, base::read_file(folder.file("config.toml")));
}

void calibrate(const CalibrateOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  const RunFolder folder(options.run);
  if (!options.tasks_only) {
    base::require_nobody_at_work(options.run);
  }
  const base::Json result = result_to_calibrate(folder, options.experiments);
  const std::string experiments = fmt::format("calibration.experiments={}", options.experiments);
  const RunOptions search{
      .config = folder.file("config.toml"), .out = options.run, .store = options.store, .set = {experiments}};
  const GoingOn from{Occasion::kCalibrate, &result};
  if (options.tasks_only) {
    work_in_folder(search, from, listener, stop);
  } else {
    search_in_folder(search, from, listener, stop);
  }
}

}  // namespace eddy::runs
