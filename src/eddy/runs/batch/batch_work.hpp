#pragma once
// What `eddy submit` is asked for, as jobs: of a search, of its null experiments, of a study.

#include <eddy/runs/batch/batch_jobs.hpp>
#include <eddy/runs/batch/submission.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_folder.hpp>

#include <functional>
#include <string>
#include <vector>

namespace eddy::runs {

/// What is submitted: where it is worked at, and by which jobs.
struct BatchWork {
  RunFolder folder;
  Submission submission;
  std::vector<BatchJob> jobs;
  std::string resolved;           ///< the configuration, of a study that of its base
  std::function<void()> prepare;  ///< makes the folder ready
};

/// The jobs that `options` ask for, where they are not in the folder yet. Writes nothing. Throws InputError for what
/// cannot be submitted.
[[nodiscard]] BatchWork batch_work(const SubmitOptions& options);

/// `path` from the root on.
[[nodiscard]] std::string absolute_path(const std::string& path);

/// Whether there is a file or folder.
[[nodiscard]] bool is_on_disk(const std::string& path);

}  // namespace eddy::runs
