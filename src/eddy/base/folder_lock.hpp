#pragma once

#include <memory>
#include <string>

namespace eddy::base {

/// Its name in the folder.
inline constexpr const char* kLockName = "eddy.lock";

/// The right to write in a folder, which one process at a time has: a file `eddy.lock` that names it, held by flock(2)
/// and touched every two seconds while the object lives, removed with it. The system lets go of the lock when a process
/// ends in whatever way, so that a dead one never blocks: what it left behind is taken over at once by a process of the
/// same machine, and by one of another machine (where locks may not be shared, as on some network file systems) after
/// seven seconds in which nobody touched the file. Processes of other machines that share neither locks nor changes of
/// files within that time are not seen.
class FolderLock {
 public:
  /// `command` is what the refusal calls the holder: "eddy run". The folder must exist. Throws IoError that names the
  /// holder, its process, machine and start, when another process has the folder.
  FolderLock(const std::string& folder, const std::string& command);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  struct Held;
  std::unique_ptr<Held> held_;
};

/// Throws the same IoError while another process has `folder`; writes nothing, and needs no right to. Sees processes of
/// machines that share locks.
void require_nobody_at_work(const std::string& folder);

}  // namespace eddy::base
