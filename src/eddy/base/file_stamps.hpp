#pragma once

#include <ctime>
#include <map>
#include <string>

#include <sys/types.h>

namespace eddy::base {

/// How files were found at first, to notice that one was written or replaced while it was in use: what was read and
/// what a checksum says would then be of two files.
class FileStamps {
 public:
  /// A second look at the same path changes nothing. One that is not there counts as such.
  void note(const std::string& path);
  /// Throws IoError that names the first file that is another one, or has another size or time, than when it was noted.
  void require_unchanged() const;

 private:
  struct Stamp {
    dev_t device = 0;
    ino_t file = 0;
    off_t size = -1;
    std::time_t seconds = 0;
    long nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };
  static Stamp stamp_of(const std::string& path);

  std::map<std::string, Stamp> stamps_;
};

}  // namespace eddy::base
