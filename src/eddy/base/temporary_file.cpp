#include <eddy/base/hash.hpp>
#include <eddy/base/process.hpp>
#include <eddy/base/temporary_file.hpp>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <thread>

namespace eddy::base {
namespace {

constexpr std::string_view kMark = ".partial-";

/// What this process has not finished. The one place in eddy where a list is global: a process that must end at once
/// has nobody whom it could ask.
struct Unfinished {
  std::timed_mutex mutex;
  std::set<std::string> paths;
};

Unfinished& unfinished() {
  static auto& all = *new Unfinished;  // never destroyed: threads may use it until the last moment
  return all;
}

void remember(const std::string& path) {
  const std::scoped_lock lock(unfinished().mutex);
  unfinished().paths.insert(path);
}

void forget(const std::string& path) {
  const std::scoped_lock lock(unfinished().mutex);
  unfinished().paths.erase(path);
}

/// The processes that this one can ask about, as part of a name: those of another machine, of an earlier start of this
/// one or of another container have another.
std::string reach() {
  constexpr std::size_t kDigits = 12;
  const std::string space = process_space();
  return host_name() + "." + (space.empty() ? "unknown" : sha256(space).substr(0, kDigits));
}

/// Unique among all processes that share the folder (only names of files depend on it, never results).
std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  return fmt::format("{}{}{}-{}-{}-{}", path, kMark, reach(), start_ticks(::getpid()), ::getpid(),
                     counter.fetch_add(1));
}

/// Who made a file.
struct Origin {
  std::string where;  ///< reach and start of the process (of earlier versions of eddy: the machine)
  long process = 0;
};

std::optional<long> whole(std::string_view text) {
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 ? std::optional(value) : std::nullopt;
}

/// Who made a file of this name; nothing where it is not the name of a temporary file.
std::optional<Origin> origin_of(const std::string& name) {
  const std::size_t mark = name.rfind(kMark);
  if (mark == std::string::npos) {
    return std::nullopt;
  }
  const std::string_view text = std::string_view(name).substr(mark + kMark.size());
  const std::size_t counter = text.rfind('-');
  const std::size_t process = counter == std::string_view::npos ? counter : text.rfind('-', counter - 1);
  if (process == std::string_view::npos || process == 0 || counter == 0 || !whole(text.substr(counter + 1))) {
    return std::nullopt;
  }
  const auto number = whole(text.substr(process + 1, counter - process - 1));
  return number ? std::optional(Origin{std::string(text.substr(0, process)), *number}) : std::nullopt;
}

bool is_own(const std::string& path) {
  const std::scoped_lock lock(unfinished().mutex);
  const std::string name = std::filesystem::path(path).filename().string();
  return std::ranges::any_of(unfinished().paths, [&](const std::string& own) { return own.ends_with(name); });
}

/// Whether a process that this one can ask about is certainly not the one that made a file; nothing where the system
/// does not say.
std::optional<bool> has_ended(const Origin& origin) {
  const std::string prefix = reach() + "-";
  if (process_space().empty() || !origin.where.starts_with(prefix)) {
    return std::nullopt;
  }
  if (is_gone(origin.process)) {
    return true;
  }
  const std::uint64_t start = start_ticks(origin.process);  // 0: hidden, and perhaps the one
  return start > 0 ? std::optional(origin.where.substr(prefix.size()) != std::to_string(start)) : std::nullopt;
}

/// Whether the process that writes `path` is gone. Where nobody can tell, a file that was not touched for a day counts
/// as left: clocks of machines differ by less, and writers touch their files more often.
bool is_orphan(const std::string& path, const Origin& origin) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || is_own(path)) {
    return false;
  }
  constexpr double kForeignAge = 24 * 3600;
  const double age = static_cast<double>(std::time(nullptr)) - static_cast<double>(status.st_mtim.tv_sec);
  return has_ended(origin).value_or(age > kForeignAge);
}

/// Those in `folder` whose names begin with `begin`.
void remove_orphans(const std::string& folder, const std::string& begin) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto origin = name.starts_with(begin) ? origin_of(name) : std::nullopt;
    if (origin && is_orphan(folder + "/" + name, *origin)) {
      ::unlink((folder + "/" + name).c_str());
    }
  }
}

}  // namespace

TemporaryFile::TemporaryFile(const std::string& path) : path_(temporary_name(path)) { remember(path_); }

TemporaryFile::~TemporaryFile() {
  ::unlink(path_.c_str());  // not there when it was renamed or never written
  forget(path_);
}

bool TemporaryFile::rename_to(const std::string& path) const {
  const std::scoped_lock lock(unfinished().mutex);
  return std::rename(path_.c_str(), path.c_str()) == 0;
}

RemovedAtExit::RemovedAtExit(std::string path) : path_(std::move(path)) { remember(path_); }

RemovedAtExit::~RemovedAtExit() { forget(path_); }

void abandon_temporary_files() {
  Unfinished& all = unfinished();
  constexpr auto kPatience = std::chrono::milliseconds(300);
  if (!all.mutex.try_lock_for(kPatience)) {
    return;  // a file system that hangs in the middle of renaming must not hold up the end; the next run cleans up
  }
  // The lock is kept for good: nothing is renamed or begun any more.
  constexpr auto kMoment = std::chrono::milliseconds(20);
  for (int pass = 0; pass < 2; ++pass) {  // again for a writer that was about to open its file
    for (const std::string& path : all.paths) {
      ::unlink(path.c_str());
    }
    if (pass == 0 && !all.paths.empty()) {
      std::this_thread::sleep_for(kMoment);
    }
  }
}

bool is_temporary(const std::string& name) { return origin_of(name).has_value(); }

void remove_orphaned_temporaries(const std::string& folder) { remove_orphans(folder, ""); }

void remove_orphans_of(const std::string& output) {
  const std::filesystem::path path(output);
  const std::string folder = path.parent_path().string();
  remove_orphans(folder.empty() ? "." : folder, path.filename().string() + std::string(kMark));
}

}  // namespace eddy::base
