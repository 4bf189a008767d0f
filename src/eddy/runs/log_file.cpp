#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/runs/log_file.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace eddy::runs {

void LogFile::open(const std::string& path) {
  base::require_no_stream(path);
  file_.reset(std::fopen(path.c_str(), "a"));
  if (!file_) {
    throw base::IoError(
        fmt::format("cannot write the log '{}': {}; choose another folder with --out", path, std::strerror(errno)));
  }
  append(before_);
  before_.clear();
}

void LogFile::write(const std::string& level, const std::string& message) {
  const std::string line =
      fmt::format("{:%Y-%m-%d %H:%M:%S} {} {}\n", fmt::localtime(std::time(nullptr)), level, message);
  if (file_) {
    append(line);
  } else {
    before_ += line;
  }
}

void LogFile::append(const std::string& text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), file_.get()));
  static_cast<void>(std::fflush(file_.get()));
}

}  // namespace eddy::runs
