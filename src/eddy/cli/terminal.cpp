#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/cli/standard_streams.hpp>
#include <eddy/cli/terminal.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

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

Terminal::Terminal(bool quiet)
    : quiet_(quiet), interactive_(::isatty(STDERR_FILENO) == 1), log_(nullptr, &std::fclose) {}

Terminal::~Terminal() {
  const std::scoped_lock lock(mutex_);
  erase_bars();
}

void Terminal::open_log(const std::string& path) {
  base::require_no_stream(path);
  const std::scoped_lock lock(mutex_);
  log_.reset(std::fopen(path.c_str(), "a"));
  if (!log_) {
    throw base::IoError(
        fmt::format("cannot write the log '{}': {}; choose another folder with --out", path, std::strerror(errno)));
  }
  append_to_log(unlogged_);
  unlogged_.clear();
}

void Terminal::log(const std::string& level, const std::string& message) {
  const std::scoped_lock lock(mutex_);
  log_line(level, message);
}

void Terminal::error(const std::string& message) {
  const std::scoped_lock lock(mutex_);
  log_line("error", message);
  erase_bars();
  bars_.clear();
  print_error(fmt::format("eddy: {}\n", message));
}

void Terminal::last_words(const std::string& message) {
  constexpr auto kPatience = std::chrono::milliseconds(100);
  const std::unique_lock lock(mutex_, kPatience);
  if (lock.owns_lock()) {
    log_line("error", message);
  }
  pollfd terminal{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (::poll(&terminal, 1, 0) == 1 && (terminal.revents & POLLOUT) != 0) {
    const std::string line = fmt::format("eddy: {}\n", message);
    static_cast<void>(::write(STDERR_FILENO, line.data(), line.size()) == 0);
  }
}

void Terminal::info(const std::string& message) {
  const std::scoped_lock lock(mutex_);
  log_line("info", message);
  if (!quiet_) {
    erase_bars();
    print_error(fmt::format("{}\n", message));
    draw_bars();
  }
}

void Terminal::warn(const std::string& message) {
  const std::scoped_lock lock(mutex_);
  log_line("warning", message);
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
    log_line("progress", fmt::format("{}: {} of {}, {}", task, done, total, note));
  }
  if (done >= total) {
    log_line("progress", fmt::format("{}: {} of {} done", task, total, total));
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

void Terminal::log_line(const std::string& level, const std::string& message) {
  const std::string line =
      fmt::format("{:%Y-%m-%d %H:%M:%S} {} {}\n", fmt::localtime(std::time(nullptr)), level, message);
  if (log_) {
    append_to_log(line);
  } else {
    unlogged_ += line;
  }
}

/// A log that cannot be written any more (full disk) does not end a search; its results have errors of their own.
void Terminal::append_to_log(const std::string& text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), log_.get()));
  static_cast<void>(std::fflush(log_.get()));
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
