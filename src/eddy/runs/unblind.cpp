#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/same_run.hpp>
#include <eddy/runs/search_run.hpp>
#include <eddy/runs/unblinding.hpp>

#include <fmt/format.h>

namespace eddy::runs {
namespace {

/// Why there is nothing to open; `record` is that of the folder.
std::string already_open(const std::string& run, const base::Json& record) {
  return record.is_null() || !record.at("was_blind").get<bool>()
             ? fmt::format(
                   "'{}' was never blind ([search] blind = false), so there is nothing to open; its numbers are "
                   "in report.html",
                   run)
             : fmt::format(
                   "the signal region of '{0}' is open since {1}; its numbers are in report.html, and 'eddy run "
                   "{0}/config.toml --out {0}' adds what may be missing there",
                   run, record.at("time").get<std::string>());
}

}  // namespace

void unblind(const UnblindOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  const RunFolder folder(options.run);
  base::require_nobody_at_work(options.run);
  const base::Json result = finished_result(folder);
  if (!report::is_blind(result)) {
    throw base::InputError(already_open(options.run, unblinding_of(folder)));
  }
  search_in_folder(
      {.config = folder.file("config.toml"), .out = options.run, .store = options.store, .set = {"search.blind=false"}},
      {Occasion::kUnblind, &result}, listener, stop);
}

}  // namespace eddy::runs
