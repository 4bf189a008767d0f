#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/report/study_html.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/listener.hpp>
#include <eddy/runs/point_sink.hpp>
#include <eddy/runs/run_facts.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/study_plan.hpp>
#include <eddy/runs/study_points.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/unblinding.hpp>
#include <eddy/runs/work.hpp>
#include <eddy/runs/work_journal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <vector>

namespace eddy::runs {
namespace {

const KeptResults kWholeResults{.keep = [](const base::Json& result) { return result; },
                                .require = report::require_result};

/// A study is of known signal: closed regions are hardly meant.
void warn_of_blind_points(const std::vector<PlannedPoint>& points, Listener& listener) {
  const auto n =
      std::ranges::count_if(points, [](const PlannedPoint& point) { return search::is_blinded(point.config.config); });
  if (n > 0) {
    listener.warn(
        fmt::format("{} of {} searches are blind, so they have neither working points nor scores to collect; where no "
                    "real data are "
                    "searched, add \"search.blind=false\" to set of the study",
                    n, points.size()));
  }
}

/// The name of a point among the tasks of several processes: that of its file.
std::string task_name(const PointTask& task) { return std::filesystem::path(task.file).stem().string(); }

/// Tells the journal of a point, and keeps what went wrong with it.
void search_in_journal(PointTask& task, WorkJournal& journal, const std::function<void()>& search) {
  const std::string name = task_name(task);
  const auto begin = std::chrono::steady_clock::now();
  journal.begin(name);
  try {
    search();
  } catch (const base::Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    task.error = error.what();
  }
  journal.end(name, task.error.empty() ? base::TaskOutcome::kComputed : base::TaskOutcome::kFailed,
              std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}

/// What eddy tune keeps of its searches would be mixed with whole results.
void require_no_choice(const RunFolder& folder) {
  if (std::error_code ignored; std::filesystem::exists(folder.file("choice.json"), ignored)) {
    throw base::InputError(fmt::format(
        "'{}' holds a choice of eddy tune, whose table would be replaced; give another --out", folder.path()));
  }
}

void require_closed_to_nobody(const RunFolder& folder, const std::string& resolved_config) {
  if (opens(folder, resolved_config)) {
    throw base::InputError(fmt::format(
        "the study '{}' would open signal regions that were closed, which several processes cannot do: give the same "
        "command once without --tasks-only",
        folder.path()));
  }
}

/// Searches points that no other process is at. One that fails does not stop the others; the plain command says it.
void search_free_points(std::vector<PointTask>& tasks, const PointWork& work, const std::string& store_folder,
                        Listener& listener, const std::atomic<bool>& stop) {
  const std::string points = work.folder.file("points");
  base::TaskLeases leases(points, "eddy study");
  std::vector<std::string> names;
  std::ranges::transform(tasks, std::back_inserter(names), task_name);
  PointSink sink(listener, tasks.size());
  const base::Monitor monitor(&sink, &stop);
  work_on_tasks(work.folder, store_folder, "eddy study", [&](const Workplace& place) {
    place.journal.plan("searches", names, std::filesystem::absolute(points).lexically_normal().string(), ".json");
    std::vector<PointTask*> left = unfinished(tasks, work, listener);
    do {
      std::erase_if(left, [&](PointTask* task) {
        monitor.check_stop();
        const auto lease = leases.take(task_name(*task));
        if (!lease) {
          return is_finished(*task, work, listener);
        }
        if (!is_finished(*task, work, listener)) {
          sink.begin(task->point.name);
          search_in_journal(*task, place.journal, [&] { search_point(*task, work, place.store, monitor); });
          sink.end();
        }
        return true;
      });
      names.clear();
      std::ranges::transform(left, std::back_inserter(names), [](const PointTask* task) { return task_name(*task); });
    } while (!left.empty() && leases.may_take_any(names, monitor));
  });
}

report::StudyTable collect(const StudyPlan& plan, const std::vector<PointTask>& tasks, const RunFolder& folder) {
  std::vector<report::StudyPoint> points;
  std::vector<std::optional<std::string>> complaints(plan.metrics.size());
  for (const PointTask& task : tasks) {
    points.push_back(read_point(task, folder, plan.metrics, complaints));
  }
  for (const std::optional<std::string>& complaint : complaints) {
    if (!plan.metrics_are_default && !complaint.value_or("").empty()) {
      throw base::InputError(
          fmt::format("{}; correct it and give the same command again, finished searches are kept", *complaint));
    }
  }
  return report::make_study_table(plan.name, plan.axes, plan.metrics, std::move(points));
}

}  // namespace

void study(const StudyOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  const auto begin = std::chrono::steady_clock::now();
  const StudyPlan plan = read_study(options.study);
  std::vector<std::string> overrides = plan.set;
  overrides.insert(overrides.end(), options.set.begin(), options.set.end());
  const LoadedConfig base = load_base_config(plan.base, overrides);
  const std::vector<PlannedPoint> points = plan_points(plan, overrides);
  const RunFolder folder(options.out.empty() ? default_folder("[study]", plan.name) : options.out, FolderKind::kStudy);
  if (!options.tasks_only) {
    base::require_nobody_at_work(folder.path());
  }
  folder.require_same_run(base.resolved, options.fresh);
  require_no_choice(folder);
  folder.require_no_input(input_files_of(plan, points, options.study, folder), plan.base, base.resolved);
  PointWork work{.folder = folder, .results = kWholeResults};
  std::vector<PointTask> tasks = tasks_of(points, work);
  require_store(options.store);  // before the output folder is made
  if (options.tasks_only) {
    require_closed_to_nobody(folder, base.resolved);
    prepare_for_work(folder, base.resolved);
    base::write_atomically(folder.file("study.toml"), write_study(plan));
    base::require_writable_folder(folder.file("points"));
    search_free_points(tasks, work, options.store, listener, stop);
    return;
  }
  const base::FolderLock lock = folder.claim(base.resolved, options.fresh, "eddy study");
  if (opens(folder, base.resolved)) {
    record_opening(folder, base.resolved, {}, true);
    listener.info(opening_sentence(folder));
  }
  folder.begin(base.resolved, options.fresh);
  const report::StudySource source{.study = write_study(plan), .base = base.resolved};
  base::write_atomically(folder.file("study.toml"), source.study);
  base::require_writable_folder(folder.file("points"));
  listener.open_log(folder.file("log.txt"));
  const base::TaskStore store = open_store(options.store, folder);

  warn_of_blind_points(points, listener);
  const std::vector<PointTask*> missing = unfinished(tasks, work, listener);
  search_all(missing, work, store, listener, stop);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  base::Json facts = run_facts(elapsed.count());
  facts["searches"] = missing.size();
  write_study_results(collect(plan, tasks, folder), source, facts, folder);
  listener.info(
      fmt::format("{} searches in {:.0f} s; report: {}", missing.size(), elapsed.count(), folder.file("report.html")));
  require_all_well(tasks, folder.file("table.csv"));
}

}  // namespace eddy::runs
