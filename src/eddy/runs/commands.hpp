#pragma once
// One function per command, for the command line and for programs; each returns when it is done, or throws.

#include <eddy/base/monitor.hpp>
#include <eddy/runs/listener.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eddy::runs {

struct RunOptions {
  std::string config;
  std::string out;    ///< empty: runs/<name of the search>
  std::string store;  ///< folder of finished tasks; empty: models/ of the run
  std::vector<std::string> set;
  bool fresh = false;
  bool tasks_only = false;  ///< as one of several processes: computes tasks, and writes no result
};
/// From a configuration to a run folder with result.json and report.html. Returns the folder.
std::string run(const RunOptions& options, Listener& listener, const std::atomic<bool>& stop);

/// Makes the folder of a search ready for processes that are to compute its tasks (tasks_only) from its config.toml;
/// nothing is computed. Returns the folder. Throws InputError for what `run` would refuse without reading events.
std::string prepare_run(const RunOptions& options);

/// The tasks of the search, one a line as JSON: "task", its "stage", the "kind" of its file, the stages that must be
/// done before ("after"), and the length of the longest chain of stages up to it ("depth"). From the configuration
/// alone.
[[nodiscard]] std::string plan(const RunOptions& options);

struct CalibrateOptions {
  std::string run;
  std::string store;             ///< as given to `run`
  std::size_t experiments = 50;  ///< in all: those that are there count
  bool tasks_only = false;       ///< as one of several processes: computes experiments, and writes no result
};
/// Adds null experiments to a finished run: whole searches without signal. Its result, figures and report are written
/// again, with what these say. Throws InputError for a run that is not finished, or whose method knows no such
/// experiments.
void calibrate(const CalibrateOptions& options, Listener& listener, const std::atomic<bool>& stop);

/// Makes the folder of a finished run ready for processes that are to compute its null experiments (tasks_only);
/// nothing is computed. Throws InputError for what `calibrate` would refuse without reading events.
void prepare_calibration(const CalibrateOptions& options);

struct LimitOptions {
  std::string run;
  std::string signal;                      ///< file of signal events
  std::string weight;                      ///< column of what each of them counts; empty: 1 each
  std::vector<std::string> array_columns;  ///< names for a 2-D array; empty: those of the data
  std::vector<double> injections;          ///< signal events of the signal region; empty: chosen from the sensitivity
  std::size_t points = 6;                  ///< how many are chosen
  std::size_t repetitions = 3;             ///< searches at each
  std::optional<std::size_t> nulls;        ///< null experiments for the expected limit; nothing: those of the run
  std::optional<bool> into_nulls =
      {};  ///< inject into background-only events, or the data; nothing: where there are any
  std::optional<double> cross_section;  ///< at which `expected` signal events are in the signal region
  std::optional<double> expected;       ///< nothing: the sum of `weight`
  std::string unit = "fb";              ///< of the cross-section
  std::string store;                    ///< as given to `run`
  bool tasks_only = false;              ///< as one of several processes: computes searches, and writes no limit
};
/// Limits on a signal, with the chain of a finished run trained anew at each strength: limit.json, and a section of the
/// report. Throws InputError for a run that is not finished or that has no limits, and for options that cannot be.
void limit(const LimitOptions& options, Listener& listener, const std::atomic<bool>& stop);

struct UnblindOptions {
  std::string run;
  std::string store;  ///< as given to `run`
};
/// Opens the signal region of a finished blind run: the same search goes on in its folder, from its finished tasks, and
/// its result takes the place of the blind one. When it was opened, and with which configuration, is recorded for good.
/// Throws InputError for a run that is not blind or not finished, and for inputs that are not those of the run.
void unblind(const UnblindOptions& options, Listener& listener, const std::atomic<bool>& stop);

struct StudyOptions {
  std::string study;
  std::string out;    ///< empty: runs/<name of the study>
  std::string store;  ///< folder of finished tasks; empty: models/ of the study
  std::vector<std::string> set;
  bool fresh = false;
  bool tasks_only = false;  ///< as one of several processes: searches points, and writes no table
};
/// From a study file to a folder with table.csv, table.h5, study.json and report.html: one search for each point of the
/// product of its axes. Throws Error at the end when searches failed.
void study(const StudyOptions& options, Listener& listener, const std::atomic<bool>& stop);

struct TuneOptions {
  std::string study;
  std::string out;    ///< empty: runs/<name of the study>-tuned
  std::string store;  ///< folder of finished tasks; empty: models/ of the folder
  std::vector<std::string> set;
  std::size_t budget = 50;  ///< searches at most: of settings chosen at random where there are more
  bool fresh = false;
};
/// Chooses among the settings of a study without labels, by ARGOS of their scores (2511.14832), which is all that is
/// kept of their searches: choice.json, and chosen.toml, which knows among how many settings it was chosen. Throws
/// InputError for methods whose scores have no template, Error at the end when searches failed.
void tune(const TuneOptions& options, Listener& listener, const std::atomic<bool>& stop);

struct SubmitOptions {
  std::string what;   ///< configuration, study file, or the folder of a run
  std::string batch;  ///< "slurm" or "htcondor"
  std::string out;    ///< of a configuration or study; empty: as eddy run has it
  std::string store;  ///< as given to eddy run
  std::vector<std::string> set;
  std::optional<std::size_t> experiments;  ///< null experiments; nothing: those of the configuration, of a run 50
  std::optional<std::size_t> processes;    ///< at once, at most; nothing: 20
  std::optional<std::size_t> threads;      ///< of each; nothing: 1
  std::optional<std::size_t> memory_mb;    ///< of each; nothing: what the batch system gives
  std::string time;                        ///< longest time of each, as the batch system writes it
  std::vector<std::string> options;        ///< further lines for the batch system
  bool dry_run = false;                    ///< only says what would be submitted
  bool resubmit = false;                   ///< what is missing of an earlier submission of a run's folder
};
/// Gives the tasks of a search, of its null experiments or of a study to a batch system, as plain eddy commands, with a
/// last job that puts them together. Returns the text of all files where nothing is submitted (dry_run), else nothing.
/// Throws InputError for what cannot be submitted, Error where the batch system refuses.
std::string submit(const SubmitOptions& options, Listener& listener);

struct StatusOptions {
  std::string run;
  bool json = false;
};
/// How far the processes are that compute the tasks of a run or study together: text, or a JSON document.
[[nodiscard]] std::string status(const StatusOptions& options);

/// Tasks of one kind, such as "null experiments".
struct TasksDone {
  std::string work;
  std::int64_t finished = 0;
  std::int64_t tasks = 0;
};
/// How many tasks of a search the processes have finished that compute it together, without asking a batch system.
[[nodiscard]] std::vector<TasksDone> tasks_done(const std::string& run);

struct FeaturesOptions {
  std::string particles;
  std::string output;
  std::string config;  ///< TOML; empty: defaults
  std::vector<std::string> set;
};
/// From a file of particles to a file of features: jets and their substructure.
void features(const FeaturesOptions& options, const base::Monitor& monitor);

struct ScoreOptions {
  std::string run;
  std::string events;
  std::string output;
  std::vector<std::string> array_columns;
};
/// Scores any events with a finished run.
void score(const ScoreOptions& options, const base::Monitor& monitor);

struct InspectOptions {
  std::string file;
  std::vector<std::string> array_columns;
  bool all = false;
};
/// Text: format, number of events, and per column range, NaNs and quantiles.
[[nodiscard]] std::string inspect(const InspectOptions& options);

/// Renders report.html of a run folder again from its result.json and figures.json.
void report(const std::string& run);

struct CompareOptions {
  std::vector<std::string> runs;
  std::string output = "comparison";  ///< folder for compare.html and compare.json
};
/// One report over several finished runs; warns of what they do not share.
void compare(const CompareOptions& options, const base::Monitor& monitor);

}  // namespace eddy::runs
