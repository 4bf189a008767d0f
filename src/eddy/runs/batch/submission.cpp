#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/runs/batch/htcondor.hpp>
#include <eddy/runs/batch/submission.hpp>
#include <eddy/runs/run_folder.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace eddy::runs {
namespace {

constexpr const char* kRecord = "batch/submitted.json";

base::Json to_json(const Submission& s) {
  return {{"batch", s.batch},
          {"config", s.config},
          {"is_study", s.is_study},
          {"store", s.store},
          {"set", s.set},
          {"experiments", s.experiments},
          {"processes", s.processes},
          {"threads", s.threads},
          {"memory_mb", s.memory_mb},
          {"time", s.time},
          {"options", s.options},
          {"start", s.start},
          {"jobs", s.jobs}};
}

Submission from_json(const base::Json& json) {
  return {.batch = json.at("batch"),
          .config = json.at("config"),
          .is_study = json.at("is_study"),
          .store = json.at("store"),
          .set = json.at("set"),
          .experiments = json.at("experiments"),
          .processes = json.at("processes"),
          .threads = json.at("threads"),
          .memory_mb = json.at("memory_mb"),
          .time = json.at("time"),
          .options = json.at("options"),
          .start = json.at("start"),
          .jobs = json.at("jobs")};
}

}  // namespace

std::vector<Submission> submissions_of(const std::string& run) {
  const RunFolder folder(run);
  if (std::error_code ignored; !std::filesystem::exists(folder.file(kRecord), ignored)) {
    return {};
  }
  std::vector<Submission> all;
  try {
    const base::Json record = folder.read(kRecord);
    for (const base::Json& one : record.at("submissions")) {
      all.push_back(from_json(one));
    }
  } catch (const base::Json::exception&) {
    throw base::IoError(
        fmt::format("'{}' is damaged; remove it, finished tasks are kept, and submit again", folder.file(kRecord)));
  }
  return all;
}

void record_submission(const std::string& run, const Submission& submission) {
  base::Json all = base::Json::array();
  for (const Submission& earlier : submissions_of(run)) {
    all.push_back(to_json(earlier));
  }
  all.push_back(to_json(submission));
  RunFolder(run).write(kRecord, {{"submissions", all}});
}

QueueState queue_of(const std::vector<Submission>& submissions) {
  if (submissions.empty()) {
    return {.why = "nothing was submitted"};
  }
  std::vector<std::string> ids;
  const std::string& batch = submissions.back().batch;
  for (const Submission& submission : submissions) {
    if (submission.batch == batch) {
      for (const auto& [name, id] : submission.jobs) {
        ids.push_back(id);
      }
    }
  }
  return batch == "slurm" ? slurm_queue(ids) : htcondor_queue(ids);
}

void require_empty_queue(const std::string& run) {
  const std::vector<Submission> earlier = submissions_of(run);
  if (earlier.empty()) {
    return;
  }
  const QueueState queue = queue_of(earlier);
  if (!queue.is_known) {
    throw base::Error(fmt::format(
        "it is not known which jobs of '{}' are still in the queue: {}; give this command on a machine of the cluster, "
        "or again in a moment, or remove '{}/batch' if you know that they are over",
        run, queue.why, run));
  }
  if (queue.running + queue.waiting > 0) {
    throw base::InputError(fmt::format(
        "{} jobs of '{}' are running and {} are waiting: they take whatever is missing, also of others that failed; "
        "wait for them, or cancel them first ({})",
        queue.running, run, queue.waiting, earlier.back().batch == "slurm" ? "scancel" : "condor_rm"));
  }
}

}  // namespace eddy::runs
