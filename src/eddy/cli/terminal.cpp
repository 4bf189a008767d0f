#include <eddy/cli/standard_streams.hpp>
#include <eddy/cli/terminal.hpp>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

namespace eddy::cli {
namespace {

constexpr auto kRedrawInterval = std::chrono::milliseconds(100);

std::string remaining_time(double seconds) {
  if (seconds < 90) {
    return fmt::format("{:.0f} s left", seconds);
  }
  return fmt::format("{:.0f} min left", seconds / 60);
}

}  // namespace

Terminal::Terminal(bool quiet) : quiet_(quiet), interactive_(::isatty(STDERR_FILENO) == 1) {}

Terminal::~Terminal() {
  const std::scoped_lock lock(mutex_);
  erase_bars();
}

void Terminal::open_log(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  log_.open(path);
}

void Terminal::log(const std::string& level, const std::string& message) {
  const std::scoped_lock lock(mutex_);
  log_.write(level, message);
}

void Terminal::error(const std::string& message) {
  const std::scoped_lock lock(mutex_);
  log_.write("error", message);
  erase_bars();
  bars_.clear();
  print_error(fmt::format("eddy: {}\n", message));
}

void Terminal::last_words(const std::string& message) {
  constexpr auto kPatience = std::chrono::milliseconds(100);
  const std::unique_lock lock(mutex_, kPatience);
  if (lock.owns_lock()) {
    log_.write("error", message);
  }
  pollfd terminal{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (::poll(&terminal, 1, 0) == 1 && (terminal.revents & POLLOUT) != 0) {
    const std::string line = fmt::format("eddy: {}\n", message);
    static_cast<void>(::write(STDERR_FILENO, line.data(), line.size()) == 0);
  }
}

void Terminal::info(const std::string& message) {
  const std::scoped_lock lock(mutex_);
  log_.write("info", message);
  if (!quiet_) {
    erase_bars();
    print_error(fmt::format("{}\n", message));
    draw_bars();
  }
}

void Terminal::warn(const std::string& message) {
  const std::scoped_lock lock(mutex_);
  log_.write("warning", message);
  erase_bars();
  print_error(fmt::format("warning: {}\n", message));
  draw_bars();
}

void Terminal::progress(std::string_view task, std::size_t done, std::size_t total, const std::string& note) {
  const std::scoped_lock lock(mutex_);
  if (finished_.contains(task)) {
    return;
  }
  auto bar = std::ranges::find(bars_, task, &Bar::task);
  if (bar == bars_.end()) {
    bars_.push_back({std::string(task), 0, total, {}, std::chrono::steady_clock::now()});
    bar = bars_.end() - 1;
  }
  bar->done = std::max(bar->done, done);
  bar->total = total;
  if (!note.empty()) {
    bar->note = note;
    log_.write("progress", fmt::format("{}: {} of {}, {}", task, done, total, note));
  }
  if (done >= total) {
    log_.write("progress", fmt::format("{}: {} of {} done", task, total, total));
    erase_bars();
    if (!quiet_) {
      print_error(fmt::format("{}\n", render(*bar)));
    }
    bars_.erase(bar);
    finished_.emplace(task);
    draw_bars();
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - last_draw_ > kRedrawInterval) {
    last_draw_ = now;
    erase_bars();
    draw_bars();
  }
}

void Terminal::erase_bars() {
  for (; n_drawn_ > 0; --n_drawn_) {
    print_error("\x1b[1A\x1b[2K");  // one line up, clear it
  }
}

void Terminal::draw_bars() {
  if (!interactive_ || quiet_) {
    return;
  }
  for (const Bar& bar : bars_) {
    print_error(fmt::format("{}\n", render(bar)));
  }
  n_drawn_ = bars_.size();
}

std::string Terminal::render(const Bar& bar) {
  constexpr std::size_t kWidth = 24;
  const double fraction = bar.total > 0 ? static_cast<double>(bar.done) / static_cast<double>(bar.total) : 1.0;
  const auto filled = static_cast<std::size_t>(fraction * kWidth);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - bar.begin;
  std::string time = fmt::format("{:.1f} s", elapsed.count());
  if (bar.done > 0 && bar.done < bar.total) {
    time = remaining_time(elapsed.count() * (1 - fraction) / fraction);
  }
  return fmt::format("{:<32} [{}{}] {}/{}  {}{}{}", bar.task, std::string(filled, '='),
                     std::string(kWidth - filled, ' '), bar.done, bar.total, time, bar.note.empty() ? "" : "  ",
                     bar.note);
}

}  // namespace eddy::cli
