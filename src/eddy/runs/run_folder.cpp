#include <eddy/base/artefact.hpp>
#include <eddy/base/content_hash.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/inputs.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/base/temporary_file.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/runs/batch/submission.hpp>
#include <eddy/runs/config_text.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/toml_config.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace eddy::runs {
namespace {

// What is left in a folder of each kind. config.toml last: while it is there, the rest is known to be eddy's.
constexpr std::array kRunFiles = {"result.json", "figures.json", "run.json", "scores.h5", "report.html", "log.txt",
                                  "masses",      "limit.json",   "models",   "batch",     "config.toml"};
// Stays whatever happens to the run: a signal region that was seen is not unseen by searching again (unblinding.hpp).
constexpr const char* kUnblinding = "unblinding.json";
constexpr std::array kStudyFiles = {"study.toml", "study.json",  "figures.json", "run.json",   "table.csv",
                                    "table.h5",   "report.html", "log.txt",      "points",     "models",
                                    "batch",      "config.toml", "choice.json",  "chosen.toml"};

std::span<const char* const> files_of(FolderKind kind) {
  return kind == FolderKind::kRun ? std::span<const char* const>(kRunFiles) : std::span<const char* const>(kStudyFiles);
}

constexpr const char* kScorer = "models/scorer.eddy";

// Written when the search is over: gone before anything that they do not belong to is begun.
constexpr std::array kResultFiles = {"result.json", "figures.json", "run.json",  "report.html",
                                     "scores.h5",   "masses",       "limit.json"};

// What is exported, and must be what was found.
constexpr std::array<std::string_view, 2> kHashed = {"result.json", "figures.json"};

/// Nothing that eddy writes comes near; a document that was made to be deep would exhaust the stack.
constexpr int kDeepest = 64;

base::Json parse(const std::string& text) {
  const auto is_flat = [](int depth, base::Json::parse_event_t, base::Json&) {
    if (depth > kDeepest) {
      throw base::InputError(fmt::format("it is nested more than {} levels deep", kDeepest));
    }
    return true;
  };
  return base::Json::parse(text, is_flat);
}

/// Names of files and columns may hold any bytes; those that are no text must not lose a result.
std::string text_of(const base::Json& document) {
  return document.dump(1, ' ', false, base::Json::error_handler_t::replace) + "\n";
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

bool RunFolder::holds_finished_tasks() const {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(models(), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!base::is_temporary(name) && !base::is_lease(name)) {  // what a killed process left is nothing
      return true;
    }
  }
  return is_there(file("result.json"));
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
  if (!fresh && is_run && is_blind_config(resolved_config) && !is_blind_config(before) && holds_finished_tasks()) {
    throw base::InputError(fmt::format(
        "the folder '{}' holds a run with another configuration ([search] blind = false there, true now): a "
        "signal region that is open cannot be closed again; choose another --out, or --fresh to search anew",
        path_));
  }
  if (!fresh && settings(before) != settings(resolved_config) && is_there(file("batch/submitted.json"))) {
    throw base::InputError(
        fmt::format("the folder '{}' was submitted to a batch system with another configuration ({}), which its jobs "
                    "read when they "
                    "begin; choose another --out, or remove the folder once its jobs are over",
                    path_, first_difference(before, resolved_config)));
  }
  if (!fresh && settings(before) != settings(resolved_config) && holds_finished_tasks()) {
    throw base::InputError(
        fmt::format("the folder '{}' holds a run with another configuration ({}); choose another --out, or --fresh "
                    "to replace it",
                    path_, first_difference(before, resolved_config)));
  }
}

bool RunFolder::owns(const std::string& name) const {
  const std::span<const char* const> names = files_of(kind_);
  const bool is_known = std::ranges::find(names, name) != names.end() || name == base::kLockName || name == kUnblinding;
  if (!is_known || !is_there(file("config.toml"))) {
    return false;
  }
  return base::read_file(file("config.toml")).starts_with(kConfigMark);
}

void RunFolder::require_not_own(const std::string& output) const {
  std::vector<std::string> own = {file(kUnblinding)};
  for (const char* name : files_of(kind_)) {
    own.push_back(file(name));
    std::error_code error;
    for (std::filesystem::directory_iterator entry(file(name), error), end; !error && entry != end;
         entry.increment(error)) {
      own.push_back(entry->path().string());
    }
  }
  base::require_not_an_input(output, own, "-o");
}

void RunFolder::require_no_input(const std::set<std::string>& inputs, const std::string& config,
                                 const std::string& resolved_config) const {
  std::vector<std::string> all(inputs.begin(), inputs.end());
  if (const std::string own = file("config.toml"); !base::is_same_file(config, own)) {
    all.push_back(config);
  } else if (const std::string before = base::read_file(own); settings(before) != settings(resolved_config)) {
    throw base::InputError(
        fmt::format("the configuration '{}' is the one of the output folder and would be replaced by one with other "
                    "settings ({}); copy it first, or choose another --out",
                    config, first_difference(before, resolved_config)));
  }
  for (const char* name : files_of(kind_)) {
    base::require_not_an_input(file(name), all, "--out");
  }
  base::require_not_an_input(file(kUnblinding), all, "--out");
}

void RunFolder::remove(const std::string& name) const {
  std::error_code error;
  std::filesystem::remove_all(file(name), error);
  if (error) {
    throw base::IoError(
        fmt::format("cannot remove '{}': {}; remove it, or choose another --out", file(name), error.message()));
  }
}

base::FolderLock RunFolder::claim(const std::string& resolved_config, bool fresh, const std::string& command) const {
  base::require_writable_folder(path_);
  base::FolderLock lock(path_, command);
  require_same_run(resolved_config, fresh);  // again: somebody else may have been here since
  if (fresh) {
    require_empty_queue(path_);
  }
  for (const char* name : {"", "models", "masses", "points"}) {
    base::remove_orphaned_temporaries(file(name));
  }
  return lock;
}

void RunFolder::begin(const std::string& resolved_config, bool fresh) const {
  const std::string config = file("config.toml");
  const std::string before = fresh || !is_there(config) ? "" : base::read_file(config);
  if (fresh) {
    std::ranges::for_each(files_of(kind_), [this](const char* name) { remove(name); });
  } else if (settings(before) != settings(resolved_config) && kind_ == FolderKind::kRun) {
    std::ranges::for_each(kResultFiles, [this](const char* name) { remove(name); });
  }
  if (before != resolved_config) {
    base::write_atomically(config, resolved_config);
  }
}

base::Json RunFolder::without_calibration(const base::Json& found) {
  base::Json result = parse(text_of(found));  // as a file has it: names are text, what is not finite is null
  for (const char* key : {"warnings", "calibration", "anomaly", "argos", "weighted_spectrum", "verdict", "blinding"}) {
    result.erase(key);
  }
  for (base::Json& point : result.at("working_points")) {
    point.erase("calibrated");
  }
  return result;
}

void RunFolder::remove_results_but(const base::Json& result) const {
  base::Json before;
  try {
    before = without_calibration(parse(base::read_file(file("result.json"))));
  } catch (const std::exception&) {  // none, or none of eddy
  }
  if (before != without_calibration(result)) {
    std::ranges::for_each(kResultFiles, [this](const char* name) { remove(name); });
  }
}

bool RunFolder::has_blind_result() const {
  try {
    return report::is_blind(parse(base::read_file(file("result.json"))));
  } catch (const std::exception&) {  // none, or none of eddy
    return false;
  }
}

bool RunFolder::is_opened_by(const base::Json& result) const { return has_blind_result() && !report::is_blind(result); }

void RunFolder::remove_descriptions() const {
  for (const char* name : {"figures.json", "run.json", "report.html"}) {
    remove(name);
  }
}

std::string RunFolder::config_before() const {
  const std::string config = file("config.toml");
  return is_there(config) ? base::read_file(config) : "";
}

void RunFolder::bind(const std::string& resolved_config, const base::Json& scorer, base::Json& result) {
  result["config_sha256"] = config_sha256(resolved_config);
  if (!scorer.is_null()) {
    result["scorer_sha256"] = base::content_sha256(scorer);
  }
}

void RunFolder::require_bound(const base::Json& result) const {
  const std::string known =
      result.is_object() && result.contains("config_sha256") ? result.at("config_sha256").dump() : "";
  const std::string config = known.empty() ? "" : base::read_file(file("config.toml"));
  const auto is_of = [&](ConfigHash kind) { return known == base::Json(config_sha256(config, kind)).dump(); };
  if (!known.empty() && !is_of(ConfigHash::kPresent) && !is_of(ConfigHash::kWithStage) &&
      !is_of(ConfigHash::kWithoutGroups)) {
    throw base::InputError(
        fmt::format("'{0}' is not the configuration that '{1}' was found with: it was changed afterwards, or another "
                    "search has begun here; take the change back, or run 'eddy run {0} --out' with another folder",
                    file("config.toml"), file("result.json")));
  }
}

base::Json RunFolder::hashes() const {
  base::Json all = base::Json::object();
  for (const std::string_view hashed : kHashed) {
    if (const std::string name(hashed); is_there(file(name))) {
      all[name] = base::content_sha256(read(name));
    }
  }
  return all;
}

void RunFolder::require_unchanged() const {
  const base::Json known = is_there(file("run.json")) ? read("run.json").value("sha256", base::Json()) : base::Json();
  for (const auto& [name, hash] : known.items()) {
    if (std::ranges::find(kHashed, name) != kHashed.end() && hash != base::Json(base::content_sha256(read(name)))) {
      throw base::InputError(fmt::format(
          "'{}' is not what the search wrote there: it was changed afterwards, or the command that wrote it "
          "was stopped; take the change back, or give 'eddy run {} --out {}' again (eddy calibrate, for its "
          "null experiments), finished tasks are kept",
          file(name), file("config.toml"), path_));
    }
  }
}

void RunFolder::write(const std::string& name, const base::Json& document) const {
  base::write_atomically(file(name), text_of(document));
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
  if (report::is_blind(read("result.json"))) {
    throw base::InputError(fmt::format(
        "the run '{0}' is blind, so it has no scores; judge what its report.html says without the signal region, then "
        "open that with 'eddy unblind {0}' (or 'eddy run CONFIG --out {0} --stage sr')",
        path_));
  }
  require(kScorer);
  base::Json scorer = base::read_artefact(file(kScorer));
  const base::Json result = read("result.json");
  const bool is_bound = result.is_object() && result.contains("scorer_sha256");  // not in results of earlier versions
  if (is_bound && result.at("scorer_sha256") != base::Json(base::content_sha256(scorer))) {
    throw base::IoError(
        fmt::format("'{}' is the scorer of another run than '{}'; run 'eddy run' again, finished tasks "
                    "are kept",
                    file(kScorer), file("result.json")));
  }
  return scorer;
}

base::Json RunFolder::read(const std::string& name) const {
  require(name);
  try {
    return parse(base::read_file(file(name)));
  } catch (const base::Json::exception&) {
    throw base::IoError(fmt::format("'{}' is damaged; run 'eddy run' again, finished tasks are kept", file(name)));
  } catch (const base::InputError& error) {
    throw base::IoError(fmt::format("'{}' is not by eddy: {}; run 'eddy run' again, finished tasks are kept",
                                    file(name), error.what()));
  }
}

std::string default_folder(const std::string& section, const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
    throw base::InputError(
        fmt::format("{} name = \"{}\" cannot be the name of a folder in runs/; give another one without '/', or --out",
                    section, name));
  }
  return "runs/" + name;
}

base::InputError refused_result(const std::string& run, const base::InputError& error) {
  return base::InputError(fmt::format("'{}/result.json': {}", run, error.what()));
}

base::IoError not_of_one_run(const std::string& run, const std::exception& error) {
  std::string reason = error.what();
  if (const std::size_t end = reason.find("] "); reason.starts_with("[json.exception") && end != std::string::npos) {
    reason = reason.substr(end + 2);
  }
  return base::IoError(
      fmt::format("the JSON files in '{}' are not those of one run of eddy ({}); run 'eddy run' again, finished tasks "
                  "are kept",
                  run, reason));
}

}  // namespace eddy::runs
