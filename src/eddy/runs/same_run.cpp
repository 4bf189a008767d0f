#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/runs/same_run.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace eddy::runs {

base::Json finished_result(const RunFolder& folder) {
  const base::Json result = folder.read("result.json");  // a run that is not finished says so
  try {
    report::require_result(result);
  } catch (const std::exception& error) {
    throw not_of_one_run(folder.path(), error);
  }
  folder.require_bound(result);
  return result;
}

void require_same_inputs(const std::vector<search::InputRecord>& records, const base::Json& earlier,
                         const std::string& folder) {
  for (const base::Json& before : earlier.at("inputs")) {
    const auto now = std::ranges::find(records, before.at("role").get<std::string>(), &search::InputRecord::role);
    if (now == records.end() || now->sha256 != before.at("sha256")) {
      throw base::InputError(fmt::format(
          "the {} ('{}') is not what '{}' was searched with: the file holds other events now; give it as it was, or "
          "search again with eddy run --fresh",
          before.at("role").get<std::string>(), before.at("file").get<std::string>(), folder));
    }
  }
}

void require_same_finding(const base::Json& result, const base::Json& earlier, const std::string& folder) {
  if (RunFolder::without_calibration(result) != RunFolder::without_calibration(earlier)) {
    throw base::InputError(fmt::format(
        "what is found here is not what '{}' says, to the last bit: it was searched by eddy {} and perhaps on a "
        "processor with other instructions, this is eddy {}; add to it where it was made, or search again with eddy "
        "run --fresh",
        folder, earlier.at("eddy").get<std::string>(), result.at("eddy").get<std::string>()));
  }
}

}  // namespace eddy::runs
