#include <eddy/base/json.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/runs/finished_run.hpp>

#include <exception>

namespace eddy::runs {

base::Json finished_result(const RunFolder& folder) {
  base::Json result = folder.read("result.json");  // a run that is not finished says so
  try {
    report::require_result(result);
  } catch (const std::exception& error) {
    throw not_of_one_run(folder.path(), error);
  }
  folder.require_bound(result);
  return result;
}

}  // namespace eddy::runs
