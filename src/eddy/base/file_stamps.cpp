#include <eddy/base/error.hpp>
#include <eddy/base/file_stamps.hpp>

#include <fmt/format.h>
#include <sys/stat.h>

namespace eddy::base {

FileStamps::Stamp FileStamps::stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return {};
  }
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

void FileStamps::note(const std::string& path) { stamps_.emplace(path, stamp_of(path)); }

void FileStamps::require_unchanged() const {
  for (const auto& [path, stamp] : stamps_) {
    if (stamp_of(path) != stamp) {
      throw IoError(fmt::format(
          "'{}' was changed while it was in use; wait until it is complete, and give the same command again", path));
    }
  }
}

}  // namespace eddy::base
