#include <eddy/runs/point_sink.hpp>

#include <fmt/format.h>

namespace eddy::runs {
namespace {

constexpr const char* kBar = "searches";
constexpr auto kNoteInterval = std::chrono::seconds(1);

}  // namespace

void PointSink::begin(const std::string& point) {
  const std::scoped_lock lock(mutex_);
  point_ = point;
  last_note_ = std::chrono::steady_clock::now();
  listener_.progress(kBar, n_done_, total_, point_);
}

void PointSink::end() {
  const std::scoped_lock lock(mutex_);
  listener_.progress(kBar, ++n_done_, total_, point_);
}

void PointSink::say(const std::string& level, const std::string& message) {
  if (!tells_) {
    return;
  }
  const std::scoped_lock lock(mutex_);
  listener_.log(level, point_.empty() ? message : fmt::format("{}: {}", point_, message));
}

void PointSink::info(const std::string& message) { say("info", message); }

void PointSink::warn(const std::string& message) {
  n_warnings_ += tells_ ? 1 : 0;
  say("warning", message);
}

void PointSink::progress(std::string_view task, std::size_t /*done*/, std::size_t /*total*/,
                         const std::string& /*note*/) {
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - last_note_ > kNoteInterval) {
    last_note_ = now;
    listener_.progress(kBar, n_done_, total_, fmt::format("{}: {}", point_, task));
  }
}

}  // namespace eddy::runs
