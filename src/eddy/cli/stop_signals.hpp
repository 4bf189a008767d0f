#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace eddy::cli {

/// Turns SIGINT and SIGTERM into a wish to stop, and sees to it that it is granted: what has not ended a second later,
/// or is asked again, is ended here. That is safe because files get their names only when they are complete
/// (docs/decisions.md). One object per process, made before other threads.
class StopSignals {
 public:
  /// `last_words` is called just before the process is ended with exit code 1; it must not wait for other threads.
  explicit StopSignals(std::function<void()> last_words);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// For base::Monitor; true from the first signal on.
  [[nodiscard]] static const std::atomic<bool>& requested();

 private:
  std::function<void()> last_words_;
  std::thread watching_;
};

}  // namespace eddy::cli
