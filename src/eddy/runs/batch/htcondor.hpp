#pragma once
// Jobs as HTCondor takes them: a submit description each, and a DAG file for their order. The folders must be on a file
// system that all machines share.

#include <eddy/runs/batch/batch_jobs.hpp>
#include <eddy/runs/batch/slurm.hpp>

#include <string>
#include <vector>

namespace eddy::runs {

inline constexpr const char* kDagFile = "eddy.dag";

/// The submit descriptions and kDagFile. Throws InputError for a further option that is none.
[[nodiscard]] std::vector<BatchFile> htcondor_files(const std::vector<BatchJob>& jobs, const BatchSettings& settings);

/// Gives kDagFile in settings.folder to condor_submit_dag. Returns the number of the job that minds the others. Throws
/// Error with what it said, and InputError where there is none.
[[nodiscard]] std::string submit_to_htcondor(const BatchSettings& settings);

/// How many processes below such a job are in the queue.
[[nodiscard]] QueueState htcondor_queue(const std::vector<std::string>& jobs);

}  // namespace eddy::runs
