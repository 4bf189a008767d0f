#pragma once
// What was given to a batch system: batch/submitted.json of a run or study.

#include <eddy/base/json_fwd.hpp>
#include <eddy/runs/batch/slurm.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace eddy::runs {

/// One submission, with all that is needed to repeat it.
struct Submission {
  std::string batch = "slurm";       ///< or "htcondor"
  std::string config;                ///< of a search or study; empty: only null experiments of a run that is there
  bool is_study = false;             ///< `config` is that of a study
  std::string store;                 ///< as given to eddy run
  std::vector<std::string> set;      ///< "section.key=value" of a study; those of a search are in its config.toml
  std::int64_t experiments = 0;      ///< null experiments
  std::int64_t processes = 20;       ///< at once
  std::int64_t threads = 1;          ///< of each process
  std::int64_t memory_mb = 0;        ///< of each process; 0: what the system gives
  std::string time;                  ///< longest time of a process; empty: the system's
  std::vector<std::string> options;  ///< further lines for the batch system
  std::string start;                 ///< where the commands start
  std::map<std::string, std::string> jobs;  ///< name and number; of HTCondor that of the DAG alone
};

/// All submissions of a folder, oldest first; none where there was none. Throws IoError for a record that is none.
[[nodiscard]] std::vector<Submission> submissions_of(const std::string& run);

/// Adds one.
void record_submission(const std::string& run, const Submission& submission);

/// What the batch system has of these submissions in its queue.
[[nodiscard]] QueueState queue_of(const std::vector<Submission>& submissions);

/// Jobs in the queue take whatever is missing in a folder: further ones would do so twice, and a folder that is begun
/// anew would change beneath them. Throws InputError where there are any, Error where that is not known.
void require_empty_queue(const std::string& run);

}  // namespace eddy::runs
