#pragma once
// Jobs as Slurm takes them: one script each, arrays and dependencies.

#include <eddy/runs/batch/batch_jobs.hpp>

#include <map>
#include <string>
#include <vector>

namespace eddy::runs {

/// The script of a job; `sbatch` is told its dependency when it is submitted. Throws InputError for a further option
/// that is none, and for a folder whose name #SBATCH lines cannot hold.
[[nodiscard]] BatchFile slurm_script(const BatchJob& job, const BatchSettings& settings);

/// Gives the scripts, which stand in settings.folder, to sbatch. Returns the number of each job. Where one is refused
/// those before are cancelled; throws Error with what sbatch said, and InputError where there is no sbatch.
[[nodiscard]] std::map<std::string, std::string> submit_to_slurm(const std::vector<BatchJob>& jobs,
                                                                 const BatchSettings& settings);

/// How many processes of these jobs are in the queue.
struct QueueState {
  bool is_known = false;  ///< whether the queue could be asked
  std::int64_t running = 0;
  std::int64_t waiting = 0;
  std::vector<std::string> running_jobs = {};  ///< their numbers: "1234_5"
  std::string why = {};  ///< why they wait, as the system says of one of them; or why it could not be asked
};
[[nodiscard]] QueueState slurm_queue(const std::vector<std::string>& jobs);

}  // namespace eddy::runs
