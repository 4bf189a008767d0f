#include <eddy/base/descriptor.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/holder.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/process.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/runs/run_facts.hpp>
#include <eddy/runs/work_journal.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

namespace eddy::runs {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets any while threads run
  return value != nullptr ? value : "";
}

const char* word_of(base::TaskOutcome outcome) {
  return outcome == base::TaskOutcome::kFound      ? "found"
         : outcome == base::TaskOutcome::kComputed ? "computed"
                                                   : "failed";
}

/// Of the whole process: those of a task where it is the only one at a time, with one thread.
double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  constexpr double kNano = 1e-9;
  return static_cast<double>(now.tv_sec) + kNano * static_cast<double>(now.tv_nsec);
}

/// Whether the list in a file begins with `tasks`: then it says all that they say.
bool has_list(const std::string& path, const std::vector<std::string>& tasks) {
  try {
    const auto there = base::Json::parse(base::read_file(path)).at("tasks").get<std::vector<std::string>>();
    return there.size() >= tasks.size() && std::equal(tasks.begin(), tasks.end(), there.begin());
  } catch (const std::exception&) {  // none yet, or none of eddy
    return false;
  }
}

}  // namespace

struct WorkJournal::State {
  std::string batch;
  std::string store;
  std::string path;
  std::optional<base::Descriptor> file;
  std::mutex mutex;
  std::vector<std::string> planned;
  std::size_t n_computed = 0;
  std::map<std::string, double> cpu_at_begin;

  /// One line, whole or not at all: each is one write to a file that is only appended to.
  void add(const base::Json& line) {
    const std::string text = line.dump(-1, ' ', false, base::Json::error_handler_t::replace) + "\n";
    if (::write(file->get(), text.data(), text.size()) != std::ssize(text)) {
      throw base::IoError(
          fmt::format("cannot write '{}': {}; free some space, finished tasks are kept", path, std::strerror(errno)));
    }
  }
};

WorkJournal::WorkJournal(std::string batch, std::string store, const std::string& command)
    : state_(std::make_unique<State>()) {
  state_->store = std::filesystem::absolute(store).lexically_normal().string();
  state_->batch = std::move(batch);
  const std::string folder = state_->batch + "/work";
  base::require_writable_folder(folder);
  state_->path = fmt::format("{}/{}-{}-{}.jsonl", folder, base::host_name(), ::getpid(), base::start_ticks(::getpid()));
  state_->file.emplace(::open(state_->path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (state_->file->get() < 0) {
    throw base::IoError(fmt::format("cannot write '{}': {}; free some space or choose another folder", state_->path,
                                    std::strerror(errno)));
  }
  state_->add({{"worker",
                {{"holder", base::Json::parse(base::text_of_this_process(command))},
                 {"job", batch_job()},
                 {"instructions", net::to_string(net::instruction_set())},
                 {"store", state_->store}}},
               {"at", std::time(nullptr)}});
}

WorkJournal::~WorkJournal() = default;

void WorkJournal::plan(const std::string& work, const std::vector<std::string>& tasks) {
  plan(work, tasks, state_->store, ".eddy");
}

void WorkJournal::plan(const std::string& work, const std::vector<std::string>& tasks, const std::string& folder,
                       const std::string& ending) {
  const std::scoped_lock lock(state_->mutex);
  state_->planned = tasks;
  const std::string path = fmt::format("{}/{}", state_->batch, task_list_name(work));
  if (!has_list(path, tasks)) {
    base::write_atomically(
        path, base::Json{{"work", work}, {"folder", folder}, {"ending", ending}, {"tasks", tasks}}.dump(1) + "\n");
  }
}

void WorkJournal::begin(const std::string& task) {
  const std::scoped_lock lock(state_->mutex);
  state_->cpu_at_begin[task] = cpu_seconds();
  state_->add({{"task", task}, {"begin", std::time(nullptr)}});
}

void WorkJournal::end(const std::string& task, base::TaskOutcome outcome, double seconds) {
  if (outcome == base::TaskOutcome::kFound) {
    return;  // the file is there for all to see
  }
  const std::scoped_lock lock(state_->mutex);
  state_->n_computed += outcome == base::TaskOutcome::kComputed ? 1 : 0;
  const double cpu = cpu_seconds() - state_->cpu_at_begin[task];
  state_->cpu_at_begin.erase(task);
  state_->add({{"task", task}, {"outcome", word_of(outcome)}, {"seconds", seconds}, {"cpu_seconds", cpu}});
}

void WorkJournal::close(const std::string& how, const base::Json& facts) {
  const std::scoped_lock lock(state_->mutex);
  state_->add({{"end", how}, {"at", std::time(nullptr)}, {"facts", facts}});
}

std::size_t WorkJournal::n_computed() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->n_computed;
}

std::vector<std::string> WorkJournal::planned() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->planned;
}

std::string task_list_name(const std::string& work) {
  std::string name = work;
  std::ranges::replace(name, ' ', '-');
  return fmt::format("tasks-{}.json", name);
}

std::string batch_job() {
  if (const std::string array = environment("SLURM_ARRAY_JOB_ID"); !array.empty()) {
    return fmt::format("{}_{}", array, environment("SLURM_ARRAY_TASK_ID"));
  }
  if (const std::string job = environment("SLURM_JOB_ID"); !job.empty()) {
    return job;
  }
  return environment("EDDY_BATCH_JOB");  // what the submit files for HTCondor set
}

void with_journal(WorkJournal& journal, const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const auto close = [&](const std::string& how) {
    journal.close(how, run_facts(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()));
  };
  try {
    work();
  } catch (const std::exception& error) {
    try {
      close(error.what());
    } catch (const std::exception&) {  // the disk is full: what went wrong first counts
    }
    throw;
  }
  close("finished");
}

}  // namespace eddy::runs
