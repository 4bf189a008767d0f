#include <eddy/base/descriptor.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/holder.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/base/temporary_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

namespace eddy::base {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kLeaseEnd = ".lease";
/// Follows the name of a task in the lease of whoever puts his own in place of a dead one's.
constexpr std::string_view kTakeOver = ".take-over";
constexpr std::size_t kLongestLease = 4096;

std::string beat_line(std::uint64_t beat) { return fmt::format("{:012}\n", beat); }

/// What is in a lease, as "beat line, holder"; nothing where there is none. Opened anew each time: network file systems
/// then ask their server.
std::optional<std::string> read_lease(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    return std::nullopt;
  }
  std::array<char, kLongestLease> text{};
  const ssize_t n = ::pread(file.get(), text.data(), text.size(), 0);
  return std::string(text.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
}

std::string holder_part(const std::string& lease) {
  const std::size_t end = lease.find('\n');
  return end == std::string::npos ? "" : lease.substr(end + 1);
}

[[noreturn]] void throw_unwritable(const std::string& path) {
  throw IoError(fmt::format("cannot write '{}': {}; free some space, or give another --store; finished tasks are kept",
                            path, std::strerror(errno)));
}

/// A lease of this process that has no name yet.
Descriptor write_draft(const std::string& draft, const std::string& path, const std::string& content) {
  Descriptor file(::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.get() < 0 || ::pwrite(file.get(), content.data(), content.size(), 0) != std::ssize(content) ||
      ::fsync(file.get()) != 0) {
    throw_unwritable(path);
  }
  return file;
}

/// The open lease of this process; -1 where there is one already.
int create_lease(const std::string& path, const std::string& content) {
  const TemporaryFile draft(path);
  Descriptor file = write_draft(draft.path(), path, content);
  struct stat status {};
  // A network file system may have made the link and lost the answer: two names are what counts.
  if (::link(draft.path().c_str(), path.c_str()) == 0 ||
      (errno == EEXIST && ::fstat(file.get(), &status) == 0 && status.st_nlink == 2)) {
    return file.release();
  }
  if (errno == EEXIST) {
    return -1;
  }
  // A file system without links: the file is empty for a moment, which others take for a holder of whom they know
  // nothing.
  Descriptor plain(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (plain.get() < 0 && errno == EEXIST) {
    return -1;
  }
  if (plain.get() < 0 || ::pwrite(plain.get(), content.data(), content.size(), 0) != std::ssize(content)) {
    throw_unwritable(path);
  }
  return plain.release();
}

/// The open lease of this process, in place of the one that is there.
int replace_lease(const std::string& path, const std::string& content) {
  const TemporaryFile draft(path);
  Descriptor file = write_draft(draft.path(), path, content);
  if (!draft.rename_to(path)) {
    throw_unwritable(path);
  }
  return file.release();
}

enum class Holding { kFree, kAlive, kDead, kUnknown };

}  // namespace

struct TaskLeases::State {
  /// A lease of another process, and how long it has not changed.
  struct Sighting {
    std::string content;
    Clock::time_point since;
    bool has_changed = false;
  };

  struct OwnLease {
    OwnLease(const std::string& lease, int descriptor) : path(lease), file(descriptor), removed_at_exit(lease) {}
    OwnLease(const OwnLease&) = delete;
    OwnLease& operator=(const OwnLease&) = delete;
    ~OwnLease() {
      struct stat own {};
      struct stat named {};
      if (::fstat(file.get(), &own) == 0 && ::stat(path.c_str(), &named) == 0 && own.st_dev == named.st_dev &&
          own.st_ino == named.st_ino) {  // not taken over while this process was suspended
        ::unlink(path.c_str());
      }
    }
    std::string path;
    Descriptor file;
    RemovedAtExit removed_at_exit;
  };

  State(std::string where, const std::string& command, Times how_often)
      : folder(std::move(where)),
        times(how_often),
        holder(text_of_this_process(command)),
        beating([this](const std::stop_token& stop) {
          std::unique_lock lock(mutex);
          while (!awake.wait_for(lock, stop, times.beat, [&] { return stop.stop_requested(); })) {
            const std::string line = beat_line(++beats);
            for (const auto& [task, lease] : own) {
              [[maybe_unused]] const ssize_t n = ::pwrite(lease->file.get(), line.data(), line.size(), 0);
              ::fdatasync(lease->file.get());
            }
          }
        }) {}

  [[nodiscard]] std::string path_of(const std::string& task) const {
    return fmt::format("{}/{}{}", folder, task, kLeaseEnd);
  }

  [[nodiscard]] std::string own_text() const { return beat_line(beats) + holder; }

  /// Nothing where one has the task that lives, or may live.
  std::unique_ptr<OwnLease> take(const std::string& task) {
    const std::string path = path_of(task);
    if (const int file = create_lease(path, own_text()); file >= 0) {
      seen.erase(task);
      return std::make_unique<OwnLease>(path, file);
    }
    std::string content;
    return look(task, content) == Holding::kDead ? take_over(task, content) : nullptr;
  }

  /// Puts a lease of this process in place of a dead one's that says `content`, unless another one was faster. Only who
  /// has the lease on taking over may do it: of two that remove a dead lease and make their own, the slower one removes
  /// the lease of the faster one.
  std::unique_ptr<OwnLease> take_over(const std::string& task, const std::string& content) {
    const std::string path = path_of(task);
    const auto right = take(task + std::string(kTakeOver));
    if (!right || read_lease(path) != content) {
      return nullptr;
    }
    seen.erase(task);
    return std::make_unique<OwnLease>(path, replace_lease(path, own_text()));
  }

  /// Who has the task, or is taking it over. `content`: what its lease says, if there is one.
  Holding look(const std::string& task, std::string& content) {
    const Holding holding = look_at_lease(task, content);
    if (holding != Holding::kDead) {
      return holding;
    }
    std::string ignored;
    const Holding taking_over = look(task + std::string(kTakeOver), ignored);
    return taking_over == Holding::kFree ? Holding::kDead : taking_over;
  }

  Holding look_at_lease(const std::string& task, std::string& content) {
    const std::optional<std::string> lease = read_lease(path_of(task));
    if (!lease) {
      seen.erase(task);
      return Holding::kFree;
    }
    content = *lease;
    if (const std::optional<Holder> who = holder_in(holder_part(content))) {
      if (const std::optional<bool> lives = is_at_work(*who)) {
        return *lives ? Holding::kAlive : Holding::kDead;
      }
    }
    const auto [sighting, is_new] = seen.try_emplace(task, Sighting{content, Clock::now()});
    if (!is_new && sighting->second.content != content) {
      sighting->second = {content, Clock::now(), true};
    }
    const bool is_silent = Clock::now() - sighting->second.since > times.patience;
    return is_silent ? Holding::kDead : sighting->second.has_changed ? Holding::kAlive : Holding::kUnknown;
  }

  std::string folder;
  Times times;
  std::string holder;
  std::mutex mutex;
  std::uint64_t beats = 0;
  std::map<std::string, std::unique_ptr<OwnLease>> own;
  std::map<std::string, Sighting> seen;
  std::condition_variable_any awake;
  std::jthread beating;  // last: it uses the others
};

TaskLeases::TaskLeases(std::string folder, const std::string& command, Times times)
    : state_(std::make_unique<State>(std::move(folder), command, times)) {}

TaskLeases::~TaskLeases() = default;

std::optional<TaskLeases::Lease> TaskLeases::take(const std::string& task) {
  const std::scoped_lock lock(state_->mutex);
  std::unique_ptr<State::OwnLease> lease = state_->own.contains(task) ? nullptr : state_->take(task);
  if (!lease) {
    return std::nullopt;
  }
  state_->own.emplace(task, std::move(lease));
  return std::optional<Lease>(std::in_place, *this, task);
}

void TaskLeases::give_back(const std::string& task) {
  const std::scoped_lock lock(state_->mutex);
  state_->own.erase(task);
}

bool TaskLeases::may_take_any(const std::vector<std::string>& tasks, const Monitor& monitor) {
  const auto pause = std::min(state_->times.beat, std::chrono::milliseconds(500));
  while (true) {
    monitor.check_stop();
    bool all_known = true;
    {
      const std::scoped_lock lock(state_->mutex);
      for (const std::string& task : tasks) {
        std::string content;
        const Holding holding = state_->look(task, content);
        if (holding == Holding::kFree || holding == Holding::kDead) {
          return true;
        }
        all_known = all_known && holding == Holding::kAlive;
      }
    }
    if (all_known) {
      return false;
    }
    std::this_thread::sleep_for(pause);
  }
}

std::vector<LeaseOnTask> leases_in(const std::string& folder) {
  std::vector<LeaseOnTask> leases;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto content = is_lease(name) ? read_lease(entry->path().string()) : std::nullopt;
    if (content) {
      leases.push_back({name.substr(0, name.size() - kLeaseEnd.size()), content->substr(0, content->find('\n')),
                        holder_part(*content)});
    }
  }
  std::ranges::sort(leases, {}, &LeaseOnTask::task);
  return leases;
}

void remove_spent_leases(const std::string& folder, const std::string& ending) {
  for (const LeaseOnTask& lease : leases_in(folder)) {
    std::string_view task = lease.task;
    while (task.ends_with(kTakeOver)) {
      task.remove_suffix(kTakeOver.size());
    }
    if (std::error_code ignored; std::filesystem::exists(fmt::format("{}/{}{}", folder, task, ending), ignored)) {
      ::unlink(fmt::format("{}/{}{}", folder, lease.task, kLeaseEnd).c_str());
    }
  }
}

bool is_lease(const std::string& name) { return name.ends_with(kLeaseEnd); }

}  // namespace eddy::base
