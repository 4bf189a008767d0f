#pragma once

#include <eddy/runs/listener.hpp>
#include <eddy/runs/log_file.hpp>

#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::cli {

/// Shows progress bars and messages on a terminal (standard error), and writes plain lines to a log file once one is
/// opened. Thread-safe.
class Terminal final : public runs::Listener {
 public:
  /// `quiet`: nothing but warnings on the terminal.
  explicit Terminal(bool quiet);
  ~Terminal() override;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Appends what was said so far and everything from here on to `path`.
  void open_log(const std::string& path) override;

  /// Only into the log.
  void log(const std::string& level, const std::string& message) override;

  /// The one line that says why the program fails: on the terminal and in the log.
  void error(const std::string& message);

  /// The same for a process that is about to be ended while its threads are at work: waits neither for them nor for a
  /// reader of the terminal, and says nothing where it would have to.
  void last_words(const std::string& message);

  void info(const std::string& message) override;
  void warn(const std::string& message) override;
  void progress(std::string_view task, std::size_t done, std::size_t total, const std::string& note) override;

 private:
  struct Bar {
    std::string task;
    std::size_t done = 0;
    std::size_t total = 0;
    std::string note;
    std::chrono::steady_clock::time_point begin;
  };
  void erase_bars();
  void draw_bars();
  [[nodiscard]] static std::string render(const Bar& bar);

  std::timed_mutex mutex_;
  bool quiet_;
  bool interactive_;
  runs::LogFile log_;
  std::vector<Bar> bars_;
  std::set<std::string, std::less<>> finished_;  ///< tasks done: steps that arrive late draw no new bar
  std::size_t n_drawn_ = 0;
  std::chrono::steady_clock::time_point last_draw_;
};

}  // namespace eddy::cli
