#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/folder_lock.hpp>
#include <eddy/base/inputs.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/temporary_file.hpp>
#include <eddy/report/comparison.hpp>
#include <eddy/report/comparison_figures.hpp>
#include <eddy/report/comparison_html.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_folder.hpp>

#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <map>

namespace eddy::runs {
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
  std::error_code ignored;
  if (const std::string html = folder.file("compare.html");
      !std::filesystem::exists(path, ignored) && std::filesystem::exists(html, ignored)) {
    throw base::InputError(fmt::format(
        "'{}' was not written by 'eddy compare' and would be overwritten; choose another folder with -o", html));
  }
  if (!std::filesystem::exists(path, ignored)) {
    return;
  }
  base::Json before;
  try {
    before = folder.read("compare.json");
  } catch (const base::IoError&) {  // not JSON, hence not ours
  }
  if (!report::is_comparison(before)) {
    throw base::InputError(fmt::format(
        "'{}' was not written by 'eddy compare' and would be overwritten; choose another folder with -o", path));
  }
}

/// The runs themselves, whatever links lead from the folder of the comparison to them.
void require_no_run(const RunFolder& folder, const std::vector<std::string>& runs) {
  std::vector<std::string> inputs;
  for (const std::string& run : runs) {
    inputs.push_back(RunFolder(run).file("result.json"));
    inputs.push_back(RunFolder(run).file("run.json"));
  }
  for (const char* name : {"compare.json", "compare.html"}) {
    base::require_not_an_input(folder.file(name), inputs, "-o");
  }
}

base::Json read_run(const std::string& run) {
  const RunFolder folder(run);
  base::require_nobody_at_work(run);
  const base::Json result = folder.read("result.json");
  const base::Json facts = folder.read("run.json");
  return with_files_of(run, [&] {
    report::require_result(result);
    return report::compared_run(run, result, facts);
  });
}

struct Rendered {
  base::Json comparison;
  std::string html;
};

Rendered render(const std::vector<base::Json>& runs) {
  Rendered rendered{.comparison = report::compare(runs), .html = {}};
  rendered.html = report::render_comparison(rendered.comparison, report::comparison_figures(rendered.comparison));
  return rendered;
}

/// The first run that cannot even be compared with itself: its files lack what eddy writes.
std::size_t culprit_of(const std::vector<base::Json>& runs) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    try {
      static_cast<void>(render({runs[i], runs[i]}));
    } catch (const std::exception&) {
      return i;
    }
  }
  return 0;
}

Rendered render_runs(const std::vector<base::Json>& runs, const std::vector<std::string>& names) {
  try {
    return render(runs);
  } catch (const base::InputError& error) {
    throw refused_result(names[culprit_of(runs)], error);
  } catch (const base::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw not_of_one_run(names[culprit_of(runs)], error);
  }
}

}  // namespace

void compare(const CompareOptions& options, const base::Monitor& monitor) {
  require_several(options.runs);
  require_distinct(options.runs);
  const RunFolder folder(options.output);
  require_own(folder);
  require_no_run(folder, options.runs);
  std::vector<base::Json> runs;
  for (const std::string& run : options.runs) {
    runs.push_back(read_run(run));
  }
  const auto [comparison, html] = render_runs(runs, options.runs);
  for (const base::Json& difference : comparison.at("differences")) {
    monitor.warn(difference);
  }
  base::require_writable_folder(options.output, "-o");
  const base::FolderLock lock(options.output, "eddy compare");
  base::remove_orphaned_temporaries(options.output);
  folder.write("compare.json", comparison);
  base::write_atomically(folder.file("compare.html"), html);
  monitor.info(fmt::format("comparison: {}", folder.file("compare.html")));
}

}  // namespace eddy::runs
