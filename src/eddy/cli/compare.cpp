#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/cli/commands.hpp>
#include <eddy/cli/run_folder.hpp>
#include <eddy/report/comparison.hpp>
#include <eddy/report/comparison_figures.hpp>
#include <eddy/report/comparison_html.hpp>
#include <eddy/report/result_reader.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <map>

namespace eddy::cli {
namespace {

void require_several(const std::vector<std::string>& runs) {
  if (runs.size() < 2) {
    throw base::InputError(
        fmt::format("'eddy compare' has one run, '{}'; give it two run folders or more", runs.front()));
  }
}

/// Two names of one folder are the same run.
void require_distinct(const std::vector<std::string>& runs) {
  std::map<std::filesystem::path, std::string> seen;
  for (const std::string& run : runs) {
    const auto [other, is_new] = seen.emplace(std::filesystem::weakly_canonical(run + "/"), run);
    if (!is_new) {
      throw base::InputError(fmt::format("'{}' and '{}' are the same run; name each run once", other->second, run));
    }
  }
}

/// Refuses to overwrite what 'eddy compare' did not write.
void require_own(const RunFolder& folder) {
  const std::string path = folder.file("compare.json");
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
    return;
  }
  const base::Json before = base::Json::parse(base::read_file(path), nullptr, /*allow_exceptions=*/false);
  if (!report::is_comparison(before)) {
    throw base::InputError(fmt::format(
        "'{}' was not written by 'eddy compare' and would be overwritten; choose another folder with -o", path));
  }
}

void require_comparable(const base::Json& result, const std::string& run) {
  if (report::is_loss_space(result)) {
    throw base::InputError(
        fmt::format("'{}' is a search in a space of losses, which a comparison cannot show yet; leave it out: its "
                    "numbers are in its result.json",
                    run));
  }
}

base::Json read_run(const std::string& run) {
  const RunFolder folder(run);
  const base::Json result = folder.read("result.json");
  const base::Json facts = folder.read("run.json");
  try {
    require_comparable(result, run);
    return report::compared_run(run, result, facts);
  } catch (const base::Json::exception& error) {
    throw not_of_one_run(run, error);
  }
}

}  // namespace

void compare(const CompareOptions& options, const base::Monitor& monitor) {
  require_several(options.runs);
  require_distinct(options.runs);
  const RunFolder folder(options.output);
  require_own(folder);
  std::vector<base::Json> runs;
  for (const std::string& run : options.runs) {
    runs.push_back(read_run(run));
  }
  const base::Json comparison = report::compare(runs);
  for (const base::Json& difference : comparison["differences"]) {
    monitor.warn(difference);
  }
  base::require_writable_folder(options.output);
  folder.write("compare.json", comparison);
  base::write_atomically(folder.file("compare.html"),
                         report::render_comparison(comparison, report::comparison_figures(comparison)));
  monitor.info(fmt::format("comparison: {}", folder.file("compare.html")));
}

}  // namespace eddy::cli
