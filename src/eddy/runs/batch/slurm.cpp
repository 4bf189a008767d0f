#include <eddy/base/error.hpp>
#include <eddy/runs/batch/outside_program.hpp>
#include <eddy/runs/batch/slurm.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

namespace eddy::runs {
namespace {

/// sbatch replaces %A, %a and the like in names of files.
std::string in_directive(const std::string& path) {
  if (path.find_first_of("\"\n\\") != std::string::npos) {
    throw base::InputError(fmt::format(
        "the folder '{}' has quotes, line ends or backslashes in its name, which #SBATCH lines cannot hold; "
        "choose another --out",
        path));
  }
  std::string text;
  for (const char c : path) {
    text += c == '%' ? "%%" : std::string(1, c);
  }
  return text;
}

/// One to three counts with colons between them.
bool is_clock(std::string_view text) {
  constexpr int kMost = 3;
  for (int n = 1; n <= kMost; ++n) {
    const std::size_t colon = text.find(':');
    if (!is_count(text.substr(0, colon))) {
      return false;
    }
    if (colon == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(colon + 1);
  }
  return false;
}

bool is_endless(std::string word) {
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word == "unlimited" || word == "infinite";
}

/// "90", "1:30", "8:00:00", "1-12", "1-12:30", "1-12:30:00" (minutes first), or no end at all.
void require_time(const std::string& time) {
  const std::string_view text = time;
  const std::size_t dash = text.find('-');
  const bool is_time = dash == std::string_view::npos
                           ? is_clock(text)
                           : is_count(text.substr(0, dash)) && is_clock(text.substr(dash + 1));
  if (!is_time && !is_endless(time)) {
    throw base::InputError(fmt::format(
        "--time '{}' is no time of Slurm: write minutes, hours:minutes:seconds or days-hours, such as 8:00:00", time));
  }
}

void require_sbatch_option(const std::string& option) {
  if (!option.starts_with("-") || option.find('\n') != std::string::npos) {
    throw base::InputError(fmt::format(
        "--batch-option '{}' is no option of sbatch; write it as there, such as --batch-option=--partition=short",
        option));
  }
}

std::string script_of(const BatchJob& job) { return job.name + ".sh"; }

void cancel(const std::map<std::string, std::string>& submitted) {
  for (const auto& [name, id] : submitted) {
    static_cast<void>(run_program({"scancel", id}));
  }
}

}  // namespace

BatchFile slurm_script(const BatchJob& job, const BatchSettings& settings) {
  std::string text = "#!/bin/bash\n";
  const auto option = [&](const std::string& line) { text += "#SBATCH " + line + "\n"; };
  option(fmt::format("--job-name=\"eddy {} {}\"", job.name, in_directive(settings.name)));
  option(fmt::format("--chdir=\"{}\"", in_directive(settings.start)));
  const char* number = job.processes > 1 ? "%A_%a" : "%j";
  option(fmt::format("--output=\"{}/log/{}-{}.txt\"", in_directive(settings.folder), job.name, number));
  if (job.processes > 1) {
    option(fmt::format("--array=1-{}", job.processes));
  }
  option("--nodes=1");
  option("--ntasks=1");
  option(fmt::format("--cpus-per-task={}", settings.threads));
  if (settings.memory_mb > 0) {
    option(fmt::format("--mem={}M", settings.memory_mb));
  }
  if (!settings.time.empty()) {
    require_time(settings.time);
    option("--time=" + settings.time);
  }
  option("--requeue");
  option("--open-mode=append");
  option("--signal=B:TERM@30");  // what it is at is given back before the time is over
  for (const std::string& further : settings.options) {
    require_sbatch_option(further);
    option(further);
  }
  for (const auto& [name, value] : settings.environment) {
    text += fmt::format("export {}={}\n", name, shell_word(value));
  }
  std::vector<std::string> words;
  std::ranges::transform(job.command, std::back_inserter(words), shell_word);
  text += fmt::format("exec {}\n", fmt::join(words, " "));
  return {script_of(job), text};
}

std::map<std::string, std::string> submit_to_slurm(const std::vector<BatchJob>& jobs, const BatchSettings& settings) {
  std::map<std::string, std::string> ids;
  for (const BatchJob& job : jobs) {
    std::vector<std::string> command = {"sbatch", "--parsable"};
    if (!job.after.empty()) {
      command.push_back(
          fmt::format("--dependency={}:{}", job.after_success ? "afterok" : "afterany", ids.at(job.after)));
      command.emplace_back("--kill-on-invalid-dep=yes");
    }
    command.push_back(script_of(job));
    const ProgramOutput said = run_program(command, settings.folder);
    if (!said.is_there) {
      throw base::InputError(fmt::format(
          "there is no sbatch on the PATH: give this command on a machine of the cluster; the scripts are in '{}'",
          settings.folder));
    }
    const std::string id = said.out.substr(0, said.out.find_first_of(";\n"));
    if (said.code != 0 || id.empty() || id.find_first_not_of("0123456789") != std::string::npos) {
      cancel(ids);
      throw base::Error(
          fmt::format("sbatch refused '{}/{}': {}; nothing of this run is submitted, change --time, --memory, "
                      "--processes or --batch-option and give the command again",
                      settings.folder, script_of(job), said.complaint()));
    }
    ids[job.name] = id;
  }
  return ids;
}

QueueState slurm_queue(const std::vector<std::string>& jobs) {
  const ProgramOutput said = run_program({"squeue", "--me", "--noheader", "--array", "--format=%F|%T|%r|%i"});
  if (!said.is_there || said.code != 0) {
    return {.why = said.is_there ? said.complaint() : "there is no squeue on the PATH"};
  }
  QueueState state{.is_known = true};
  std::istringstream lines(said.out);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> parts;
    std::istringstream words(line);
    for (std::string word; std::getline(words, word, '|');) {
      parts.push_back(word);
    }
    constexpr std::size_t kParts = 4;  // number of the array, state, reason, number of the process
    if (parts.size() != kParts || std::ranges::count(jobs, parts[0]) == 0) {
      continue;
    }
    const bool waits = parts[1] == "PENDING" || parts[1].starts_with("REQUEUE") || parts[1] == "SUSPENDED";
    ++(waits ? state.waiting : state.running);
    if (!waits) {
      state.running_jobs.push_back(parts[3]);
    } else if (state.why.empty() && parts[2] != "None" && parts[2] != "Dependency") {
      state.why = parts[2];
    }
  }
  return state;
}

}  // namespace eddy::runs
