#pragma once
// The searches of a study, or of the choice among its settings: each in a file of its own, none searched twice.

#include <eddy/base/file_stamps.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/events/read.hpp>
#include <eddy/report/study_html.hpp>
#include <eddy/report/study_table.hpp>
#include <eddy/runs/listener.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/study_plan.hpp>

#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eddy::runs {

/// Checksums of the event files, each read once, which name the results: no file may change until these are written.
class Checksums {
 public:
  [[nodiscard]] const std::string& of(const events::Location& location);
  void require_unchanged() const { stamps_.require_unchanged(); }

 private:
  std::map<std::pair<std::string, std::string>, std::string> known_;
  base::FileStamps stamps_;
};

/// What is kept of the result of each search.
struct KeptResults {
  std::string kind = {};                              ///< part of the identity of a file; empty: whole results
  base::Json (*keep)(const base::Json& result) = {};  ///< what is written
  void (*require)(const base::Json& kept) = {};       ///< throws for a file that is not that
  bool tells = true;                                  ///< whether the log has the messages of the searches
};

/// One search, and where its result is or will be.
struct PointTask {
  const PlannedPoint& point;
  std::string file;
  std::string error = {};
};

/// The searches of one command.
struct PointWork {
  const RunFolder& folder;
  const KeptResults& results;
  Checksums checksums = {};
};

[[nodiscard]] std::vector<PointTask> tasks_of(const std::vector<PlannedPoint>& points, PointWork& work);

/// All files that the study is made from; a study file of its own folder is written again as it is.
[[nodiscard]] std::set<std::string> input_files_of(const StudyPlan& plan, const std::vector<PlannedPoint>& points,
                                                   const std::string& study, const RunFolder& folder);

/// Whether the result of a point is there; one that cannot be read is searched again.
[[nodiscard]] bool is_finished(const PointTask& task, const PointWork& work, Listener& listener);
[[nodiscard]] std::vector<PointTask*> unfinished(std::vector<PointTask>& tasks, const PointWork& work,
                                                 Listener& listener);

void search_point(const PointTask& task, const PointWork& work, const base::TaskStore& store,
                  const base::Monitor& monitor);

/// Searches one point after the other: each uses all threads, and what two of them share is there when the second needs
/// it. A point that fails does not stop the others.
void search_all(const std::vector<PointTask*>& tasks, const PointWork& work, const base::TaskStore& store,
                Listener& listener, const std::atomic<bool>& stop);

/// The numbers of one result; why a metric is in none of the results so far is kept in `complaints`.
[[nodiscard]] report::StudyPoint read_point(const PointTask& task, const RunFolder& folder,
                                            const std::vector<std::string>& metrics,
                                            std::vector<std::optional<std::string>>& complaints);

/// The table of the searches, what their repeats say together, figures, the report and the facts of the command.
void write_study_results(const report::StudyTable& table, const report::StudySource& source, const base::Json& facts,
                         const RunFolder& folder);

/// Throws Error that names the first search that failed.
void require_all_well(const std::vector<PointTask>& tasks, const std::string& table);

}  // namespace eddy::runs
