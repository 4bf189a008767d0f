#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/runs/batch/batch_work.hpp>
#include <eddy/runs/batch/outside_program.hpp>
#include <eddy/runs/batch/progress.hpp>
#include <eddy/runs/calibration.hpp>
#include <eddy/runs/study_plan.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/toml_section.hpp>
#include <eddy/runs/work.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace eddy::runs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDefaultExperiments = 50;
constexpr std::int64_t kMostProcesses = 10'000;
/// Of a search that is submitted: its experiments come after it, by jobs of their own.
constexpr const char* kNoExperiments = "calibration.experiments=0";

std::int64_t in_range(const char* option, std::optional<std::size_t> value, std::int64_t otherwise, std::int64_t most) {
  const auto number = value ? static_cast<std::int64_t>(*value) : otherwise;
  if (number < 1 || number > most) {
    throw base::InputError(fmt::format("{} {} cannot be: a whole number from 1 to {} is needed", option, number, most));
  }
  return number;
}

/// The options of a submission; those that are not given are `earlier`'s.
Submission submission_of(const SubmitOptions& options, const Submission& earlier) {
  constexpr std::int64_t kMostThreads = 1024;
  constexpr std::int64_t kMostMemory = 100'000'000;
  Submission s = earlier;
  s.jobs.clear();
  s.batch = options.batch.empty() ? earlier.batch : options.batch;
  s.store = options.store.empty() ? earlier.store : absolute_path(options.store);
  s.processes = in_range("--processes", options.processes, earlier.processes, kMostProcesses);
  s.threads = in_range("--threads", options.threads, earlier.threads, kMostThreads);
  if (options.memory_mb) {
    s.memory_mb = in_range("--memory", options.memory_mb, 1, kMostMemory);
  }
  s.time = options.time.empty() ? earlier.time : options.time;
  s.options = options.options.empty() ? earlier.options : options.options;
  s.start = earlier.start.empty() ? fs::current_path().string() : earlier.start;
  return s;
}

/// A command of eddy on `what`, as a process of many or alone.
std::vector<std::string> command_of(const std::string& name, const std::string& what, const Submission& s,
                                    const std::vector<std::string>& further, bool tasks_only) {
  std::vector<std::string> command = {own_program(), name, what};
  command.insert(command.end(), further.begin(), further.end());
  if (!s.store.empty()) {
    command.insert(command.end(), {"--store", s.store});
  }
  if (tasks_only) {
    command.emplace_back("--tasks-only");
  }
  command.insert(command.end(), {"--threads", std::to_string(s.threads)});
  return command;
}

/// Adds an array of processes, and the job that puts together what they leave.
void add_jobs(BatchWork& work, const std::string& name, const std::string& result, std::int64_t n_tasks,
              const std::function<std::vector<std::string>(bool tasks_only)>& command) {
  const std::string after = work.jobs.empty() ? "" : work.jobs.back().name;
  const std::int64_t processes = std::min(work.submission.processes, n_tasks);
  if (processes > 0) {
    work.jobs.push_back(
        {.name = name, .processes = processes, .command = command(true), .after = after, .after_success = true});
  }
  work.jobs.push_back({.name = result,
                       .processes = 1,
                       .command = command(false),
                       .after = processes > 0 ? name : after,
                       .after_success = processes == 0});
}

void add_experiments(BatchWork& work, std::int64_t n_missing) {
  const std::string run = absolute_path(work.folder.path());
  const std::string n = std::to_string(work.submission.experiments);
  add_jobs(work, "experiments", "result", n_missing, [&](bool tasks_only) {
    return command_of("calibrate", run, work.submission, {"--experiments", n}, tasks_only);
  });
}

std::int64_t missing_experiments(const RunFolder& folder, std::int64_t n) {
  const std::optional<WorkProgress> progress = progress_of_work(folder.path(), "null experiments", n);
  return progress ? n - progress->finished : n;
}

/// The widest stage of tasks that are worth a process: more of them would wait. Every process reads the events and
/// judges the search for itself, which takes longer than a few trees (docs/scale.md).
std::int64_t widest_stage(const search::SearchConfig& config) {
  const std::vector<search::PlannedStage> stages = search::plan_search(config);
  const auto is_quick = [&](const search::PlannedStage& stage) {
    return stage.kind == "classifier" && config.classifier.classifier.kind != "mlp";
  };
  const bool only_quick = std::ranges::all_of(stages, is_quick);
  std::int64_t widest = 1;
  for (const search::PlannedStage& stage : stages) {
    widest = only_quick || !is_quick(stage) ? std::max(widest, stage.tasks) : widest;
  }
  return widest;
}

std::size_t experiments_of(const SubmitOptions& options, const search::SearchConfig& config) {
  const auto n = options.experiments.value_or(static_cast<std::size_t>(config.calibration.experiments));
  if (n > 0 && search::is_blinded(config)) {
    throw base::InputError(
        "null experiments calibrate the Z of an open signal region, and this search is blind: submit it without "
        "--experiments, and the run again once it is open");
  }
  if (n > 0 && !search::has_null_experiments(config)) {
    throw base::InputError(fmt::format("there are no null experiments for {}; leave out --experiments",
                                       search::method_title(config.search.method)));
  }
  return n;
}

/// A search from its configuration, with its null experiments.
BatchWork search_work(const SubmitOptions& options, const std::string& config, const std::string& out,
                      const Submission& earlier) {
  std::vector<std::string> set = options.set;
  set.emplace_back(kNoExperiments);
  const LoadedConfig asked = load_config(config, options.set);
  const LoadedConfig loaded = load_config(config, set);
  const RunFolder folder(out.empty() ? default_folder("[search]", loaded.config.search.name) : out);
  folder.require_same_run(loaded.resolved, false);
  BatchWork work{
      .folder = folder, .submission = submission_of(options, earlier), .jobs = {}, .resolved = {}, .prepare = {}};
  work.submission.config = absolute_path(folder.file("config.toml"));
  work.submission.experiments = static_cast<std::int64_t>(options.experiments || earlier.experiments == 0
                                                              ? experiments_of(options, asked.config)
                                                              : static_cast<std::size_t>(earlier.experiments));
  work.resolved = loaded.resolved;
  work.prepare = [folder, loaded] { prepare_for_work(folder, loaded.resolved); };
  const std::vector<std::string> where = {"--out", absolute_path(folder.path()), "--set", kNoExperiments};
  add_jobs(
      work, "search", work.submission.experiments > 0 ? "found" : "result", widest_stage(loaded.config),
      [&](bool tasks_only) { return command_of("run", work.submission.config, work.submission, where, tasks_only); });
  if (work.submission.experiments > 0) {
    add_experiments(work, work.submission.experiments);
  }
  return work;
}

/// Null experiments of a run that is there.
BatchWork experiment_work(const SubmitOptions& options, const RunFolder& folder, const Submission& earlier) {
  BatchWork work{
      .folder = folder, .submission = submission_of(options, earlier), .jobs = {}, .resolved = {}, .prepare = {}};
  if (options.resubmit && !options.experiments && earlier.experiments == 0 && !submissions_of(folder.path()).empty()) {
    throw base::InputError(fmt::format(
        "nothing of '{}' is missing: the search is finished, and no null experiments were submitted", folder.path()));
  }
  const std::size_t otherwise =
      earlier.experiments > 0 ? static_cast<std::size_t>(earlier.experiments) : kDefaultExperiments;
  work.submission.config = "";
  work.submission.experiments =
      in_range("--experiments", options.experiments.value_or(otherwise), 1, static_cast<std::int64_t>(100'000));
  static_cast<void>(result_to_calibrate(folder, static_cast<std::size_t>(work.submission.experiments)));
  work.resolved = base::read_file(folder.file("config.toml"));
  work.prepare = [folder, resolved = work.resolved] { prepare_for_work(folder, resolved); };
  add_experiments(work, missing_experiments(folder, work.submission.experiments));
  return work;
}

BatchWork study_work(const SubmitOptions& options, const std::string& file, const std::string& out,
                     const Submission& earlier) {
  const StudyPlan plan = read_study(file);
  std::vector<std::string> set = options.set.empty() ? earlier.set : options.set;
  std::vector<std::string> overrides = plan.set;
  overrides.insert(overrides.end(), set.begin(), set.end());
  const LoadedConfig base = load_base_config(plan.base, overrides);
  const std::vector<PlannedPoint> points = plan_points(plan, overrides);
  const RunFolder folder(out.empty() ? default_folder("[study]", plan.name) : out, FolderKind::kStudy);
  folder.require_same_run(base.resolved, false);
  BatchWork work{
      .folder = folder, .submission = submission_of(options, earlier), .jobs = {}, .resolved = {}, .prepare = {}};
  work.submission.config = absolute_path(file);
  work.submission.is_study = true;
  work.submission.set = set;
  work.resolved = base.resolved;
  work.prepare = [folder, base] { prepare_for_work(folder, base.resolved); };
  const auto n_points = std::ssize(points);
  const std::optional<WorkProgress> progress = progress_of_work(folder.path(), "searches", n_points);
  std::vector<std::string> where = {"--out", absolute_path(folder.path())};
  for (const std::string& setting : set) {
    where.insert(where.end(), {"--set", setting});
  }
  add_jobs(work, "points", "table", progress ? n_points - progress->finished : n_points, [&](bool tasks_only) {
    return command_of("study", work.submission.config, work.submission, where, tasks_only);
  });
  return work;
}

Submission last_submission(const std::string& run) {
  const std::vector<Submission> all = submissions_of(run);
  return all.empty() ? Submission{} : all.back();
}

/// The folder of a run, of one that has only begun, or of a study.
BatchWork folder_work(const SubmitOptions& options) {
  const RunFolder folder(options.what);
  const Submission earlier = last_submission(options.what);
  if (!options.out.empty() || (!options.set.empty() && !earlier.is_study)) {
    throw base::InputError(
        fmt::format("'{}' is a folder, whose settings stand: leave out --out and --set", options.what));
  }
  if (earlier.is_study) {
    return study_work(options, earlier.config, options.what, earlier);
  }
  if (is_on_disk(folder.file("result.json")) || !is_on_disk(folder.file("config.toml"))) {
    return experiment_work(options, folder, earlier);
  }
  return search_work(options, folder.file("config.toml"), options.what, earlier);
}

}  // namespace

std::string absolute_path(const std::string& path) { return fs::absolute(path).lexically_normal().string(); }

bool is_on_disk(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

BatchWork batch_work(const SubmitOptions& options) {
  std::error_code ignored;
  if (fs::is_directory(options.what, ignored)) {
    return folder_work(options);
  }
  if (options.resubmit) {
    throw base::InputError(fmt::format("--resubmit asks for the folder of a run, and '{}' is none", options.what));
  }
  if (parse_file(options.what).contains("study")) {
    if (options.experiments) {
      throw base::InputError("--experiments belongs to a search, not to a study; leave it out");
    }
    return study_work(options, options.what, options.out, {});
  }
  return search_work(options, options.what, options.out, {});
}

}  // namespace eddy::runs
