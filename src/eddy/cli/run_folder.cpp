#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/cli/run_folder.hpp>
#include <eddy/cli/toml_config.hpp>
#include <eddy/report/result_reader.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <sstream>
#include <system_error>
#include <vector>

namespace eddy::cli {
namespace {

// What is left in a folder of each kind. config.toml last: while it is there, the rest is known to be eddy's.
constexpr std::array kRunFiles = {"result.json", "figures.json", "run.json", "scores.h5",  "report.html",
                                  "log.txt",     "masses",       "models",   "config.toml"};
constexpr std::array kStudyFiles = {"study.toml",  "study.json", "figures.json", "run.json", "table.csv",  "table.h5",
                                    "report.html", "log.txt",    "points",       "models",   "config.toml"};

std::span<const char* const> files_of(FolderKind kind) {
  return kind == FolderKind::kRun ? std::span<const char* const>(kRunFiles) : std::span<const char* const>(kStudyFiles);
}

constexpr const char* kScorer = "models/scorer.eddy";

/// The lines of a configuration, each with the section it stands in.
std::vector<std::string> settings(const std::string& config) {
  std::istringstream text(config);
  std::vector<std::string> all;
  std::string section;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('[')) {
      section = line;
    } else if (!line.empty() && !line.starts_with('#')) {
      all.push_back(section + " " + line);
    }
  }
  return all;
}

/// The first setting in which two configurations differ, for the message.
std::string first_difference(const std::string& before, const std::string& now) {
  const std::vector<std::string> a = settings(before);
  const std::vector<std::string> b = settings(now);
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  const char* nothing = "nothing more";
  return fmt::format("{} there, {} now", in_a != a.end() ? *in_a : nothing, in_b != b.end() ? *in_b : nothing);
}

/// Opening the signal region is the one change with which a run goes on in its folder.
bool opens_signal_region(std::string before, const std::string& now) {
  const std::string blind = "stage = 'cr'";
  const std::size_t at = before.find("\n" + blind + "\n");
  return at != std::string::npos && before.replace(at + 1, blind.size(), "stage = 'sr'") == now;
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

bool RunFolder::holds_finished_tasks() const {
  std::error_code ignored;
  return is_there(file("result.json")) ||
         std::filesystem::directory_iterator(models(), ignored) != std::filesystem::directory_iterator();
}

void RunFolder::require_same_run(const std::string& resolved_config, bool fresh) const {
  const std::string config = file("config.toml");
  std::error_code ignored;
  const bool is_run = kind_ == FolderKind::kRun;
  if (const char* mark = is_run ? "study.toml" : "result.json"; is_there(config) && is_there(file(mark))) {
    throw base::InputError(
        fmt::format("the folder '{}' holds a {} ('{}'); choose another --out", path_, is_run ? "study" : "run", mark));
  }
  if (!std::filesystem::exists(config, ignored)) {
    for (const char* name : files_of(kind_)) {
      if (std::filesystem::exists(file(name), ignored)) {
        throw base::InputError(
            fmt::format("the folder '{}' has a '{}' but no run of eddy; choose another --out", path_, name));
      }
    }
    return;
  }
  const std::string before = base::read_file(config);
  if (!before.starts_with(kConfigMark)) {
    throw base::InputError(
        fmt::format("'{}' was not written by eddy and would be overwritten; choose another --out", config));
  }
  const bool goes_on = before == resolved_config || opens_signal_region(before, resolved_config);
  if (!fresh && !goes_on && holds_finished_tasks()) {
    throw base::InputError(
        fmt::format("the folder '{}' holds a run with another configuration ({}); choose another --out, or --fresh "
                    "to replace it",
                    path_, first_difference(before, resolved_config)));
  }
}

void RunFolder::prepare(const std::string& resolved_config, bool fresh) const {
  base::require_writable_folder(path_);
  if (fresh) {
    for (const char* name : files_of(kind_)) {
      std::filesystem::remove_all(file(name));
    }
  }
  base::write_atomically(file("config.toml"), resolved_config);
}

void RunFolder::write(const std::string& name, const base::Json& document) const {
  base::write_atomically(file(name), document.dump(1) + "\n");
}

void RunFolder::require(const std::string& name) const {
  if (std::error_code ignored; !std::filesystem::exists(file(name), ignored)) {
    throw base::InputError(
        fmt::format("'{}' is not a finished run: it has no {}; give the folder that 'eddy run' wrote, or run it again",
                    path_, name));
  }
}

void RunFolder::write_scorer(const base::Json& scorer) const {
  base::require_writable_folder(models());  // the tasks may be elsewhere (--store)
  base::write_artefact(file(kScorer), scorer);
}

base::Json RunFolder::read_scorer() const {
  require("result.json");
  if (!is_there(file(kScorer)) && report::is_blind(read("result.json"))) {
    throw base::InputError(fmt::format(
        "the run '{0}' is blind (stage = \"cr\"), so it has no scores; judge its closure in report.html, then "
        "open its signal region with 'eddy run CONFIG --out {0} --stage sr'",
        path_));
  }
  require(kScorer);
  return base::read_artefact(file(kScorer));
}

base::Json RunFolder::read(const std::string& name) const {
  require(name);
  try {
    return base::Json::parse(base::read_file(file(name)));
  } catch (const base::Json::parse_error&) {
    throw base::IoError(fmt::format("'{}' is damaged; run 'eddy run' again, finished tasks are kept", file(name)));
  }
}

base::IoError not_of_one_run(const std::string& run, const std::exception& error) {
  return base::IoError(
      fmt::format("the JSON files in '{}' are not those of one run of eddy ({}); run 'eddy run' again, finished "
                  "tasks are kept",
                  run, error.what()));
}

}  // namespace eddy::cli
