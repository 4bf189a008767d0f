#include <eddy/base/error.hpp>
#include <eddy/runs/batch/htcondor.hpp>
#include <eddy/runs/batch/outside_program.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

namespace eddy::runs {
namespace {

/// A value of a submit description, where $( begins a macro.
std::string submit_text(const std::string& text) {
  if (text.find('\n') != std::string::npos) {
    throw base::InputError(
        fmt::format("'{}' has a line end, which submit files cannot hold; choose another name", text));
  }
  std::string safe;
  for (const char c : text) {
    safe += c == '$' ? "$(DOLLAR)" : std::string(1, c);
  }
  return safe;
}

/// One argument in the list that stands in double quotes.
std::string submit_word(const std::string& text) {
  std::string word = "'";
  for (const char c : submit_text(text)) {
    word += c == '\'' ? "''" : c == '"' ? "\"\"" : std::string(1, c);
  }
  return word + "'";
}

void require_seconds(const std::string& time) {
  if (!is_count(time)) {
    throw base::InputError(fmt::format(
        "--time '{}' is no time of HTCondor, whose +MaxRuntime counts seconds: write them, such as 28800 for 8 hours",
        time));
  }
}

void require_submit_line(const std::string& option) {
  const std::size_t equals = option.find('=');
  if (equals == std::string::npos || equals == 0 || option.starts_with("-") || option.find('\n') != std::string::npos) {
    throw base::InputError(fmt::format(
        "--batch-option '{}' is no line of a submit file; write it as there, such as --batch-option='+JobFlavour = "
        "\"longlunch\"'",
        option));
  }
}

std::string description(const BatchJob& job, const BatchSettings& settings) {
  std::string text = "universe = vanilla\n";
  const auto set = [&](const std::string& key, const std::string& value) { text += key + " = " + value + "\n"; };
  set("executable", submit_text(job.command.front()));
  std::vector<std::string> words;
  std::transform(job.command.begin() + 1, job.command.end(), std::back_inserter(words), submit_word);
  set("arguments", fmt::format("\"{}\"", fmt::join(words, " ")));
  std::string environment;
  for (const auto& [name, value] : settings.environment) {
    environment += fmt::format("{}={} ", name, submit_word(value));
  }
  set("environment", fmt::format("\"{}EDDY_BATCH_JOB=$(ClusterId)_$(ProcId)\"", environment));
  set("initialdir", submit_text(settings.start));
  const std::string log = submit_text(settings.folder) + "/log/" + job.name;
  set("output", log + "-$(ClusterId)_$(ProcId).txt");
  set("error", log + "-$(ClusterId)_$(ProcId).err.txt");
  set("log", log + ".log");
  set("should_transfer_files", "NO");
  set("request_cpus", std::to_string(settings.threads));
  if (settings.memory_mb > 0) {
    set("request_memory", std::to_string(settings.memory_mb));
  }
  if (!settings.time.empty()) {
    require_seconds(settings.time);
    set("+MaxRuntime", settings.time);
  }
  set("kill_sig", "SIGTERM");  // what it is at is given back when the job is evicted
  for (const std::string& further : settings.options) {
    require_submit_line(further);
    text += further + "\n";
  }
  return text + fmt::format("queue {}\n", job.processes);
}

/// Names without folders: it is submitted where it stands, and DAG files know no spaces in names.
std::string dag(const std::vector<BatchJob>& jobs) {
  std::string text;
  for (const BatchJob& job : jobs) {
    text += fmt::format("JOB {0} {0}.sub\n", job.name);
  }
  for (const BatchJob& job : jobs) {
    if (!job.after.empty()) {
      text += fmt::format("PARENT {} CHILD {}\n", job.after, job.name);
      if (!job.after_success) {  // whatever became of it: the child computes what is missing
        text += fmt::format("SCRIPT POST {} /bin/true\n", job.after);
      }
    }
  }
  return text;
}

/// The digits that follow `words`; empty where there are none.
std::string number_after(std::string_view words, const std::string& text) {
  const std::size_t at = text.find(words);
  if (at == std::string::npos) {
    return {};
  }
  const auto first = text.begin() + static_cast<std::ptrdiff_t>(at + words.size());
  return {first, std::find_if_not(first, text.end(), [](unsigned char c) { return std::isdigit(c) != 0; })};
}

}  // namespace

std::vector<BatchFile> htcondor_files(const std::vector<BatchJob>& jobs, const BatchSettings& settings) {
  std::vector<BatchFile> files;
  for (const BatchJob& job : jobs) {
    files.push_back({job.name + ".sub", description(job, settings)});
  }
  files.push_back({kDagFile, dag(jobs)});
  return files;
}

std::string submit_to_htcondor(const BatchSettings& settings) {
  const ProgramOutput said = run_program({"condor_submit_dag", "-f", kDagFile}, settings.folder);
  if (!said.is_there) {
    throw base::InputError(fmt::format(
        "there is no condor_submit_dag on the PATH: give this command on a machine of the pool; the files are in '{}'",
        settings.folder));
  }
  const std::string cluster = number_after("submitted to cluster ", said.out);
  if (said.code != 0 || cluster.empty()) {
    throw base::Error(
        fmt::format("condor_submit_dag refused '{}/{}': {}; change --time, --memory, --processes or --batch-option and "
                    "give the command again",
                    settings.folder, kDagFile, said.complaint()));
  }
  return cluster;
}

QueueState htcondor_queue(const std::vector<std::string>& jobs) {
  std::vector<std::string> terms;
  std::ranges::transform(jobs, std::back_inserter(terms),
                         [](const std::string& job) { return fmt::format("DAGManJobId == {}", job); });
  const ProgramOutput said =
      run_program({"condor_q", "-constraint", fmt::format("{}", fmt::join(terms, " || ")), "-af", "JobStatus"});
  if (!said.is_there || said.code != 0) {
    return {.why = said.is_there ? said.complaint() : "there is no condor_q on the PATH"};
  }
  constexpr int kRunning = 2;
  constexpr int kHeld = 5;
  QueueState state{.is_known = true};
  std::istringstream words(said.out);
  for (int status = 0; words >> status;) {
    ++(status == kRunning ? state.running : state.waiting);
    if (status == kHeld) {
      state.why = "some are held: condor_q -hold";
    }
  }
  return state;
}

}  // namespace eddy::runs
