#pragma once
// Files that are not finished: what is written before it gets its name, and what must be gone when the process is.

#include <string>

namespace eddy::base {

/// A name beside `path` that no other process uses, and the file of that name once the owner has written it. It is
/// removed with this object, or by abandon_temporary_files, unless it got its final name.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Gives the file its final name. False, with errno set, where the system refuses.
  [[nodiscard]] bool rename_to(const std::string& path) const;

 private:
  std::string path_;
};

/// Has abandon_temporary_files remove this file too, as long as the object lives.
class RemovedAtExit {
 public:
  explicit RemovedAtExit(std::string path);
  RemovedAtExit(const RemovedAtExit&) = delete;
  RemovedAtExit& operator=(const RemovedAtExit&) = delete;
  ~RemovedAtExit();

 private:
  std::string path_;
};

/// For a process that ends by _exit while its threads are at work: removes every temporary file of this process, and
/// from here on none gets a name any more; a thread that tries waits for ever.
void abandon_temporary_files();

/// Whether a file of this name (without its folder) is one that some process did not finish, or is writing.
[[nodiscard]] bool is_temporary(const std::string& name);

/// Removes the temporary files in `folder` (not in those below) whose process is gone: one that this process could see
/// and that does not run any more, or any other (of another machine, of another container, hidden) that has not touched
/// its file for a day. Never throws: what cannot be removed stays.
void remove_orphaned_temporaries(const std::string& folder);

/// The same for the temporary files of `output` alone.
void remove_orphans_of(const std::string& output);

}  // namespace eddy::base
