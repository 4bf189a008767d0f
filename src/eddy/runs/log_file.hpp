#pragma once

#include <cstdio>
#include <memory>
#include <string>

namespace eddy::runs {

/// The log of a run: a line with time and level for each message, appended to a file once one is opened. One thread at
/// a time.
class LogFile {
 public:
  LogFile() : file_(nullptr, &std::fclose) {}

  /// Appends what was written so far, and everything from here on, to `path`. Throws IoError when it cannot be written.
  void open(const std::string& path);

  /// A file that cannot be written any more (full disk) does not end a search; its results have errors of their own.
  void write(const std::string& level, const std::string& message);

 private:
  void append(const std::string& text);

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::string before_;  ///< lines from before the file was opened
};

}  // namespace eddy::runs
