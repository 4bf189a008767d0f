#include <eddy/base/error.hpp>
#include <eddy/base/monitor.hpp>

namespace eddy::base {

void Monitor::info(const std::string& message) const {
  if (sink_ != nullptr) {
    sink_->info(message);
  }
}

void Monitor::warn(const std::string& message) const {
  if (sink_ != nullptr) {
    sink_->warn(message);
  }
}

void Monitor::progress(std::string_view task, std::size_t done, std::size_t total, const std::string& note) const {
  if (sink_ != nullptr && shows_progress_) {
    sink_->progress(task, done, total, note);
  }
}

Monitor Monitor::without_progress() const {
  Monitor quiet = *this;
  quiet.shows_progress_ = false;
  return quiet;
}

void Monitor::check_stop() const {
  if (stop_ != nullptr && stop_->load(std::memory_order_relaxed)) {
    throw Interrupted("stopped on request; finished tasks are kept, run the same command again to resume");
  }
}

}  // namespace eddy::base
