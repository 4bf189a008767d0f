#include "job.hpp"

#include <eddy/base/parallel.hpp>
#include <eddy/runs/log_file.hpp>

#include <fmt/format.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace eddy::python {
namespace {

namespace nb = nanobind;

constexpr auto kLook = std::chrono::milliseconds(100);

struct Message {
  std::string level;
  std::string text;
};

struct Progress {
  std::string task;
  std::size_t done = 0;
  std::size_t total = 0;
  std::string note;
  bool is_told = true;
};

/// What the work says, until the calling thread tells it: no other thread ever needs the interpreter.
class Mailbox final : public runs::Listener {
 public:
  void open_log(const std::string& path) override {
    const std::scoped_lock lock(mutex_);
    log_.open(path);
  }
  void log(const std::string& level, const std::string& message) override {
    const std::scoped_lock lock(mutex_);
    log_.write(level, message);
  }
  void info(const std::string& message) override { add("info", message); }
  void warn(const std::string& message) override { add("warning", message); }
  void progress(std::string_view task, std::size_t done, std::size_t total, const std::string& note) override {
    const std::scoped_lock lock(mutex_);
    auto there = std::ranges::find(progress_, task, &Progress::task);
    if (there == progress_.end()) {
      progress_.push_back({.task = std::string(task), .total = total, .note = {}});
      there = progress_.end() - 1;
    }
    if (there->total > 0 && there->done >= there->total) {
      return;  // steps that arrive late
    }
    there->done = std::max(there->done, std::min(done, total));
    there->total = total;
    there->is_told = false;
    if (!note.empty()) {
      there->note = note;
      log_.write("progress", fmt::format("{}: {} of {}, {}", task, done, total, note));
    }
    if (done >= total) {
      log_.write("progress", fmt::format("{}: {} of {} done", task, total, total));
    }
  }

  void end(std::exception_ptr error) {
    const std::scoped_lock lock(mutex_);
    error_ = std::move(error);
    has_ended_ = true;
    changed_.notify_one();
  }
  /// Until there is a message, the end, or some time has passed. Whether the work has ended.
  bool wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLook, [&] { return has_ended_ || !messages_.empty(); });
    return has_ended_;
  }
  [[nodiscard]] std::deque<Message> take_messages() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(messages_, {});
  }
  [[nodiscard]] std::vector<Progress> take_progress() {
    const std::scoped_lock lock(mutex_);
    std::vector<Progress> news;
    for (Progress& task : progress_) {
      if (!std::exchange(task.is_told, true)) {
        news.push_back(task);
      }
    }
    return news;
  }
  /// After the end: what the work threw, which the log says too.
  [[nodiscard]] std::exception_ptr error() {
    try {
      if (error_) {
        std::rethrow_exception(error_);
      }
    } catch (const std::exception& error) {
      log("error", error.what());
    }
    return error_;
  }

 private:
  void add(const std::string& level, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    log_.write(level, text);
    messages_.push_back({level, text});
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  runs::LogFile log_;
  std::deque<Message> messages_;
  std::vector<Progress> progress_;
  std::exception_ptr error_;
  bool has_ended_ = false;
};

void deliver(Mailbox& mailbox, const nb::object& tell, const nb::object& progress, const nb::object& watch) {
  for (const Message& message : mailbox.take_messages()) {
    tell(message.level, message.text);
  }
  if (!progress.is_none()) {
    for (const Progress& task : mailbox.take_progress()) {
      progress(task.task, task.done, task.total, task.note);
    }
  }
  if (!watch.is_none()) {
    watch();
  }
  if (PyErr_CheckSignals() != 0) {
    throw nb::python_error();
  }
}

}  // namespace

void run_job(const nb::object& tell, const nb::object& progress, const nb::object& watch, const Work& work) {
  Mailbox mailbox;
  std::atomic<bool> stop{false};
  std::thread worker([&] {
    std::exception_ptr error;
    try {
      work(mailbox, stop);
    } catch (...) {
      error = std::current_exception();
    }
    mailbox.end(std::move(error));
  });
  std::exception_ptr raised;  // by a callback or a signal
  for (bool has_ended = false; !has_ended;) {
    {
      const nb::gil_scoped_release released;
      has_ended = mailbox.wait();
    }
    try {
      if (!raised) {
        deliver(mailbox, tell, progress, watch);
      }
    } catch (...) {
      raised = std::current_exception();
      stop.store(true);
    }
  }
  {
    const nb::gil_scoped_release released;
    worker.join();
    base::release_threads();
  }
  const std::exception_ptr error = mailbox.error();
  if (raised || error) {
    std::rethrow_exception(raised ? raised : error);
  }
}

void run_monitored(const nb::object& tell, const nb::object& progress,
                   const std::function<void(const base::Monitor& monitor)>& work) {
  run_job(tell, progress,
          [&](runs::Listener& listener, const std::atomic<bool>& stop) { work(base::Monitor(&listener, &stop)); });
}

}  // namespace eddy::python
