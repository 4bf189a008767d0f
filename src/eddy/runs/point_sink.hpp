#pragma once

#include <eddy/base/monitor.hpp>
#include <eddy/runs/listener.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace eddy::runs {

/// Where the searches of a study speak to: their messages go to the log alone, and their progress becomes a note beside
/// the one bar of the study. Thread-safe.
class PointSink final : public base::MonitorSink {
 public:
  /// `total`: points to compute. `tells`: whether messages are written down; they may tell of a closed signal region.
  PointSink(Listener& listener, std::size_t total, bool tells = true)
      : listener_(listener), total_(total), tells_(tells) {}

  /// From here on it is the point of this name that speaks.
  void begin(const std::string& point);
  /// The point is done, well or not.
  void end();
  [[nodiscard]] std::size_t n_warnings() const { return n_warnings_; }

  void info(const std::string& message) override;
  void warn(const std::string& message) override;
  void progress(std::string_view task, std::size_t done, std::size_t total, const std::string& note) override;

 private:
  void say(const std::string& level, const std::string& message);

  Listener& listener_;
  std::size_t total_;
  bool tells_;
  std::size_t n_done_ = 0;
  std::atomic<std::size_t> n_warnings_ = 0;
  std::mutex mutex_;
  std::string point_;
  std::chrono::steady_clock::time_point last_note_;
};

}  // namespace eddy::runs
