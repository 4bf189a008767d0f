#include <eddy/base/temporary_file.hpp>
#include <eddy/cli/stop_signals.hpp>

#include <semaphore.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace eddy::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kGraceSeconds = 1;

// What a signal handler may touch: lock-free atomics and a semaphore (signal-safety(7)).
std::atomic<bool> stop_requested{false};
std::atomic<bool> finished{false};
sem_t signalled;

extern "C" void request_stop(int /*signal*/) {
  const int error = errno;
  stop_requested.store(true);
  ::sem_post(&signalled);
  errno = error;
}

void handle(int signal) {
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = SA_RESTART;  // the libraries of this world do not expect interrupted reads
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

void wait_for_signal() {
  while (::sem_wait(&signalled) != 0 && errno == EINTR) {
  }
}

/// Until the next signal, but not longer than the grace period.
void wait_for_end() {
  timespec until{};
  ::clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += kGraceSeconds;
  while (::sem_clockwait(&signalled, CLOCK_MONOTONIC, &until) != 0 && errno == EINTR) {
  }
}

}  // namespace

StopSignals::StopSignals(std::function<void()> last_words) : last_words_(std::move(last_words)) {
  ::sem_init(&signalled, /*pshared=*/0, 0);
  watching_ = std::thread([this] {
    wait_for_signal();
    if (!finished.load()) {
      wait_for_end();
    }
    if (!finished.load()) {
      base::abandon_temporary_files();
      last_words_();
      ::_exit(kFailed);
    }
  });
  handle(SIGINT);
  handle(SIGTERM);
}

StopSignals::~StopSignals() {
  finished.store(true);
  ::sem_post(&signalled);
  watching_.join();
}

const std::atomic<bool>& StopSignals::requested() { return stop_requested; }

}  // namespace eddy::cli
