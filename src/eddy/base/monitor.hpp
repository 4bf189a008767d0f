#pragma once
// What a long computation is given to talk to the outside: a log, progress, and the wish to stop.

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

namespace eddy::base {

/// Receives messages and progress. Implemented by cli/ (terminal and log file) and by tests; must be thread-safe.
class MonitorSink {
 public:
  MonitorSink() = default;
  MonitorSink(const MonitorSink&) = delete;
  MonitorSink& operator=(const MonitorSink&) = delete;
  virtual ~MonitorSink() = default;
  virtual void info(const std::string& message) = 0;
  virtual void warn(const std::string& message) = 0;
  /// `done` of `total` units of `task` are finished; `note` is a short text such as the current loss.
  virtual void progress(std::string_view task, std::size_t done, std::size_t total, const std::string& note) = 0;
};

/// Handed by const reference to everything that takes long. The default one is silent and never stops.
class Monitor {
 public:
  Monitor() = default;
  Monitor(MonitorSink* sink, const std::atomic<bool>* stop) : sink_(sink), stop_(stop) {}

  void info(const std::string& message) const;
  void warn(const std::string& message) const;
  void progress(std::string_view task, std::size_t done, std::size_t total, const std::string& note = {}) const;

  /// The same, but for progress: for parts whose steps would drown those of the whole.
  [[nodiscard]] Monitor without_progress() const;

  /// Neither log nor progress, only the wish to stop: for searches within a search.
  [[nodiscard]] Monitor only_stop() const { return {nullptr, stop_}; }

  /// Throws Interrupted when the user asked to stop. Called between batches, trees and tasks.
  void check_stop() const;

 private:
  MonitorSink* sink_ = nullptr;
  bool shows_progress_ = true;
  const std::atomic<bool>* stop_ = nullptr;
};

}  // namespace eddy::base
