#pragma once

#include <eddy/base/error.hpp>
#include <eddy/base/folder_lock.hpp>
#include <eddy/base/json_fwd.hpp>

#include <exception>
#include <set>
#include <string>

namespace eddy::runs {

/// What is kept in a folder; only files of these names are ever removed.
enum class FolderKind { kRun, kStudy };

/// The files of one run (docs/getting-started.md) or study (docs/study.md). Everything is written atomically.
class RunFolder {
 public:
  explicit RunFolder(std::string path, FolderKind kind = FolderKind::kRun) : path_(std::move(path)), kind_(kind) {}

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] std::string models() const { return file("models"); }

  /// Makes sure, without writing, that the folder may be used for a run with this configuration: it holds no finished
  /// task of another one (unless `fresh`), nothing of the other kind, and nothing of these names that eddy did not
  /// write. Throws InputError that names the first setting that differs, or the foreign file.
  void require_same_run(const std::string& resolved_config, bool fresh) const;

  /// Makes sure, without writing, that nothing that is written or removed here is one of `inputs` (files of events and
  /// the like), nor `config`, the file that the configuration was read from: config.toml of this folder may be given
  /// where it stays as it is. Throws InputError that names both.
  void require_no_input(const std::set<std::string>& inputs, const std::string& config,
                        const std::string& resolved_config) const;

  /// Throws InputError when `output` is a file of this run, under whatever name.
  void require_not_own(const std::string& output) const;

  /// Whether a file or folder of this name here was written by eddy for this run or study.
  [[nodiscard]] bool owns(const std::string& name) const;

  /// Creates the folder, makes sure again that it may be used, and removes temporary files of processes that are gone.
  /// From here on, and as long as what it returns lives, no other process writes here. `command` is what another one is
  /// told. Throws IoError when the folder is not writable or another process has it.
  [[nodiscard]] base::FolderLock claim(const std::string& resolved_config, bool fresh,
                                       const std::string& command) const;

  /// Writes config.toml of the run that begins in a claimed folder; `fresh` removes an earlier run first (but not the
  /// record of an opened signal region, unblinding.hpp). A result of another configuration is removed; one whose signal
  /// region was closed stays until the opened one takes its place.
  void begin(const std::string& resolved_config, bool fresh) const;

  void write(const std::string& name, const base::Json& document) const;
  /// Throws InputError when the run is not finished, IoError when the file is damaged or nested too deeply, or a search
  /// is at work here.
  [[nodiscard]] base::Json read(const std::string& name) const;

  /// Removes the files of a finished search, unless it found `result` too (whatever it warned of): a search that found
  /// something else is about to write its own, and a half-written run must not look finished.
  void remove_results_but(const base::Json& result) const;

  /// Whether `result`, whose signal region is open, takes the place of a blind one.
  [[nodiscard]] bool is_opened_by(const base::Json& result) const;
  /// Removes what describes a result: figures, report and the facts of the run.
  void remove_descriptions() const;
  /// Whether the result that is here is that of a blind search.
  [[nodiscard]] bool has_blind_result() const;
  /// The configuration of the run that is here; empty where there is none.
  [[nodiscard]] std::string config_before() const;

  /// What was found, without what null experiments add to it, without what only describes it (anomaly, weighted
  /// spectrum: earlier versions have neither), without what is known of the signal region's opening and without
  /// warnings, which may tell of a figure that could not be written.
  [[nodiscard]] static base::Json without_calibration(const base::Json& found);

  /// Binds a result to the configuration and the scorer (null: none) of its run: `config_sha256`, `scorer_sha256`.
  static void bind(const std::string& resolved_config, const base::Json& scorer, base::Json& result);
  /// Throws InputError when config.toml is not the configuration that `result` was found with.
  void require_bound(const base::Json& result) const;

  /// Hashes of the files that hold what was found, as they are now: for run.json, "sha256".
  [[nodiscard]] base::Json hashes() const;
  /// Throws InputError where result.json or figures.json says something else than when run.json was written: edited, or
  /// of a command that was stopped meanwhile. Runs of earlier versions are taken as they are.
  void require_unchanged() const;

  /// What search::score_events needs; the same errors, and IoError for the scorer of another run.
  void write_scorer(const base::Json& scorer) const;
  [[nodiscard]] base::Json read_scorer() const;

 private:
  void require(const std::string& name) const;
  [[nodiscard]] bool holds_finished_tasks() const;
  void remove(const std::string& name) const;

  std::string path_;
  FolderKind kind_;
};

/// The folder of a search or study that is told none: runs/NAME. Throws InputError for a name that leads elsewhere;
/// `section` says where it is given.
[[nodiscard]] std::string default_folder(const std::string& section, const std::string& name);

/// The error of a run folder whose JSON files lack what eddy writes.
[[nodiscard]] base::IoError not_of_one_run(const std::string& run, const std::exception& error);
/// The error of a run folder whose result is refused, such as one of a later version.
[[nodiscard]] base::InputError refused_result(const std::string& run, const base::InputError& error);

/// What `use` makes of the JSON files of `run`; what it throws about them names the folder.
template <class Use>
auto with_files_of(const std::string& run, const Use& use) {
  try {
    return use();
  } catch (const base::InputError& error) {
    throw refused_result(run, error);
  } catch (const base::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw not_of_one_run(run, error);
  }
}

}  // namespace eddy::runs
