#pragma once

#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>

#include <exception>
#include <string>

namespace eddy::cli {

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

  /// Creates the folder and writes config.toml; `fresh` removes an earlier run first. Throws IoError when the folder is
  /// not writable.
  void prepare(const std::string& resolved_config, bool fresh) const;

  void write(const std::string& name, const base::Json& document) const;
  /// Throws InputError when the run is not finished, IoError when the file is damaged.
  [[nodiscard]] base::Json read(const std::string& name) const;

  /// What search::score_events needs; the same errors.
  void write_scorer(const base::Json& scorer) const;
  [[nodiscard]] base::Json read_scorer() const;

 private:
  void require(const std::string& name) const;
  [[nodiscard]] bool holds_finished_tasks() const;

  std::string path_;
  FolderKind kind_;
};

/// The error of a run folder whose JSON files lack what eddy writes.
[[nodiscard]] base::IoError not_of_one_run(const std::string& run, const std::exception& error);

}  // namespace eddy::cli
