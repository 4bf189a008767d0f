#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/runs/batch/batch_work.hpp>
#include <eddy/runs/batch/htcondor.hpp>
#include <eddy/runs/commands.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>

namespace eddy::runs {
namespace {

/// The instruction set of the processes that have begun, or of this machine.
std::string instructions_of(const RunFolder& folder) {
  const std::string own(net::to_string(net::instruction_set()));
  return is_on_disk(folder.file("batch/machine.json")) ? folder.read("batch/machine.json").value("instructions", own)
                                                       : own;
}

/// What the processes find in their environment: the variables that the configuration names as ${NAME}, as they are
/// here.
std::vector<std::pair<std::string, std::string>> environment_of(const BatchWork& work) {
  std::map<std::string, std::string> variables = {{"EDDY_INSTRUCTIONS", instructions_of(work.folder)}};
  for (std::size_t at = 0; (at = work.resolved.find("${", at)) != std::string::npos;) {
    at += 2;
    const std::string name = work.resolved.substr(at, work.resolved.find('}', at) - at);
    if (const char* value = std::getenv(name.c_str())) {  // NOLINT(concurrency-mt-unsafe): nothing sets any
      variables.emplace(name, value);
    }
  }
  return {variables.begin(), variables.end()};
}

BatchSettings settings_of(const BatchWork& work) {
  const Submission& s = work.submission;
  const std::string run = absolute_path(work.folder.path());
  return {.name = std::filesystem::path(run).filename().string(),
          .folder = run + "/batch",
          .start = s.start,
          .environment = environment_of(work),
          .threads = s.threads,
          .memory_mb = s.memory_mb,
          .time = s.time,
          .options = s.options};
}

std::vector<BatchFile> files_of(const BatchWork& work, const BatchSettings& settings) {
  if (work.submission.batch == "htcondor") {
    return htcondor_files(work.jobs, settings);
  }
  std::vector<BatchFile> files;
  std::ranges::transform(work.jobs, std::back_inserter(files),
                         [&](const BatchJob& job) { return slurm_script(job, settings); });
  return files;
}

std::string text_of(const BatchWork& work, const BatchSettings& settings, const std::vector<BatchFile>& files) {
  std::string text;
  for (const BatchFile& file : files) {
    text += fmt::format("==> {}/{}\n{}\n", settings.folder, file.name, file.text);
  }
  if (work.submission.batch == "slurm") {
    for (const BatchJob& job : work.jobs) {
      text += fmt::format(
          "sbatch {}{}.sh\n",
          job.after.empty() ? ""
                            : fmt::format("--dependency={}:{} ", job.after_success ? "afterok" : "afterany", job.after),
          job.name);
    }
  } else {
    text += fmt::format("condor_submit_dag -f {}\n", kDagFile);
  }
  return text;
}

void require_earlier(const BatchWork& work, bool resubmit) {
  if (resubmit && submissions_of(work.folder.path()).empty()) {
    throw base::InputError(fmt::format("nothing of '{}' was submitted yet; leave out --resubmit", work.folder.path()));
  }
}

/// Submitting again what is there would be a job that finds nothing to do.
void require_missing(const BatchWork& work, bool resubmit) {
  const bool is_alone = work.jobs.size() == 1 && is_on_disk(work.folder.file("result.json"));
  if (!resubmit || !is_alone) {
    return;
  }
  const base::Json result = work.folder.read("result.json");
  const base::Json calibration = result.value("calibration", base::Json());
  if (calibration.is_object() && calibration.value("experiments", std::int64_t{0}) >= work.submission.experiments) {
    throw base::InputError(fmt::format("nothing of '{}' is missing: its result has all {} null experiments",
                                       work.folder.path(), work.submission.experiments));
  }
}

std::map<std::string, std::string> give_to_batch(const BatchWork& work, const BatchSettings& settings) {
  if (work.submission.batch == "slurm") {
    return submit_to_slurm(work.jobs, settings);
  }
  return {{"dag", submit_to_htcondor(settings)}};
}

}  // namespace

std::string submit(const SubmitOptions& options, Listener& listener) {
  BatchWork work = batch_work(options);
  const BatchSettings settings = settings_of(work);
  const std::vector<BatchFile> files = files_of(work, settings);
  if (options.dry_run) {
    return text_of(work, settings, files);
  }
  require_empty_queue(work.folder.path());
  require_earlier(work, options.resubmit);
  require_missing(work, options.resubmit);
  work.prepare();
  base::require_writable_folder(settings.folder + "/log");
  for (const BatchFile& file : files) {
    base::write_atomically(settings.folder + "/" + file.name, file.text);
  }
  work.submission.jobs = give_to_batch(work, settings);
  record_submission(work.folder.path(), work.submission);
  for (const BatchJob& job : work.jobs) {
    const auto id = work.submission.jobs.find(job.name);
    listener.info(fmt::format("{}: {} process{}{}", job.name, job.processes, job.processes == 1 ? "" : "es",
                              id == work.submission.jobs.end() ? "" : fmt::format(", job {}", id->second)));
  }
  listener.info(fmt::format("submitted; eddy status {} says how far they are", shell_word(work.folder.path())));
  return "";
}

}  // namespace eddy::runs
