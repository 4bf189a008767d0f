#include <eddy/base/descriptor.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/folder_lock.hpp>
#include <eddy/base/holder.hpp>
#include <eddy/base/process.hpp>
#include <eddy/base/temporary_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

namespace eddy::base {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTouch{2000};   // how often the holder shows that it lives
constexpr milliseconds kWatch{7000};   // three of them and a little, for network file systems
constexpr milliseconds kLook{250};     // how often one looks while watching
constexpr milliseconds kPatience{50};  // somebody may be looking whether the folder is free
constexpr int kAttempts = 10;
constexpr off_t kLongestText = 4096;

std::string lock_path(const std::string& folder) { return folder + "/" + kLockName; }

std::optional<Holder> holder_in_file(int file) {
  std::array<char, kLongestText> text{};
  const ssize_t n = ::pread(file, text.data(), text.size(), 0);
  return holder_in(std::string_view(text.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))));
}

[[noreturn]] void throw_taken(const std::string& folder, const std::optional<Holder>& holder) {
  const std::string who = holder ? fmt::format("'{}' (process {} on {}, since {})", holder->command, holder->process,
                                               holder->host, holder->since)
                                 : "another process";
  throw IoError(fmt::format("{} is at work in the folder '{}'; wait until it has finished, or choose another folder",
                            who, folder));
}

bool is_same(int file, const std::string& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(file, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

/// What changes when the holder touches its file. Opened anew: network file systems then ask their server.
std::optional<std::int64_t> last_touched(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    return std::nullopt;
  }
  return status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
}

/// Whether somebody touches the open `file`, called `path`, within some seconds. A holder that removes it meanwhile has
/// finished.
bool is_touched_again(int file, const std::string& path) {
  const auto before = last_touched(path);
  for (milliseconds waited{0}; waited < kWatch; waited += kLook) {
    std::this_thread::sleep_for(kLook);
    const auto now = last_touched(path);
    if (!is_same(file, path)) {
      return false;
    }
    if (now && before && now != before) {
      return true;
    }
  }
  return false;
}

enum class KernelLock { kHeld, kTaken, kUnsupported };

KernelLock try_lock(int file, int mode) {
  if (::flock(file, mode | LOCK_NB) == 0) {
    return KernelLock::kHeld;
  }
  return errno == EWOULDBLOCK || errno == EINTR ? KernelLock::kTaken : KernelLock::kUnsupported;
}

/// Whether the process that the open `file` names is at work although the system gave us the lock.
bool is_holding(const Holder& holder, KernelLock lock, int file, const std::string& path) {
  const bool is_of_this_machine = !holder.boot.empty() && holder.boot == boot_id();
  if (is_of_this_machine && lock == KernelLock::kHeld) {  // whose locks are to be believed
    return false;
  }
  if (const std::optional<bool> known = is_at_work(holder)) {
    return *known && holder.process != ::getpid();
  }
  return is_touched_again(file, path);  // of another machine or container, or hidden from this process
}

bool write_all(int file, std::string_view text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::pwrite(file, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno != EINTR) {
      return false;
    }
    done += static_cast<std::size_t>(std::max<ssize_t>(n, 0));
  }
  return true;
}

[[noreturn]] void throw_no_lock(const std::string& path) {
  throw IoError(
      fmt::format("cannot write '{}': {}; free some space or choose another folder", path, std::strerror(errno)));
}

/// One attempt; -1 where somebody else was faster and one should look again.
int attempt(const std::string& folder, const std::string& path, bool is_last) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (file.get() < 0) {
    throw_no_lock(path);
  }
  const KernelLock lock = try_lock(file.get(), LOCK_EX);
  if (lock == KernelLock::kTaken) {
    if (is_last) {
      throw_taken(folder, holder_in_file(file.get()));
    }
    return -1;
  }
  if (!is_same(file.get(), path)) {  // the one before has just removed it
    return -1;
  }
  if (const auto holder = holder_in_file(file.get()); holder && is_holding(*holder, lock, file.get(), path)) {
    throw_taken(folder, holder);
  }
  return is_same(file.get(), path) ? file.release() : -1;  // removed while we watched: another file is the lock now
}

int acquire(const std::string& folder, const std::string& path) {
  for (int i = 1;; ++i) {
    if (const int file = attempt(folder, path, i >= kAttempts); file >= 0) {
      return file;
    }
    std::this_thread::sleep_for(kPatience);
  }
}

}  // namespace

struct FolderLock::Held {
  Held(std::string lock_file, int descriptor)
      : path(std::move(lock_file)),
        file(descriptor),
        removed_at_exit(path),
        touching([this](const std::stop_token& stop) {
          std::mutex mutex;
          std::unique_lock lock(mutex);
          while (!awake.wait_for(lock, stop, kTouch, [&] { return stop.stop_requested(); })) {
            ::futimens(file.get(), nullptr);
          }
        }) {}
  std::string path;
  Descriptor file;
  RemovedAtExit removed_at_exit;
  std::condition_variable_any awake;
  std::jthread touching;  // last: it uses the others
};

FolderLock::FolderLock(const std::string& folder, const std::string& command) {
  const std::string path = lock_path(folder);
  held_ = std::make_unique<Held>(path, acquire(folder, path));
  const std::string text = text_of_this_process(command);
  if (::ftruncate(held_->file.get(), 0) != 0 || !write_all(held_->file.get(), text)) {
    const int error = errno;
    ::unlink(path.c_str());
    errno = error;
    throw_no_lock(path);
  }
}

FolderLock::FolderLock(FolderLock&& other) noexcept = default;

FolderLock::~FolderLock() {
  if (held_) {
    ::unlink(held_->path.c_str());  // while it is still locked
  }
}

void require_nobody_at_work(const std::string& folder) {
  const std::string path = lock_path(folder);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() >= 0 && try_lock(file.get(), LOCK_SH) == KernelLock::kTaken && is_same(file.get(), path)) {
    throw_taken(folder, holder_in_file(file.get()));
  }
}

}  // namespace eddy::base
