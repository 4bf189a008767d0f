#pragma once
// Who is told what a command does: the terminal of the command line, or another program.

#include <eddy/base/monitor.hpp>

#include <string>

namespace eddy::runs {

/// Thread-safe, like every sink.
class Listener : public base::MonitorSink {
 public:
  /// What was said so far, and everything from here on, belongs into the file `path` too.
  virtual void open_log(const std::string& path) = 0;

  /// Only for that file.
  virtual void log(const std::string& level, const std::string& message) = 0;
};

}  // namespace eddy::runs
