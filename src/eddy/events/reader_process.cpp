#include <eddy/base/descriptor.hpp>
#include <eddy/base/error.hpp>
#include <eddy/events/reader_process.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <new>

namespace eddy::events {
namespace {

using base::IoError;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMaxMessage = std::uint64_t{64} << 20;  // names of a million columns
constexpr double kBytesPerSecond = 16e6;  // the slowest decompression on the slowest machine is faster
constexpr double kSecondsPerRequest = 2e-4;

/// What stands before the bytes of a message.
struct Frame {
  std::uint64_t message_bytes;
  std::uint64_t block_bytes;
};

/// The bytes of `value` as the system's calls take them.
template <class T>
std::span<char> bytes_of(T& value) {
  return {reinterpret_cast<char*>(&value), sizeof value};  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EINTR) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  }
  return true;
}

enum class Received { kAll, kClosed, kTooLate };

Received receive_all(int socket, std::span<char> bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready{socket, POLLIN, 0};
    const int n_ready = ::poll(&ready, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30)));
    if (n_ready == 0) {
      return Received::kTooLate;
    }
    const ssize_t n = n_ready < 0 ? n_ready : ::recv(socket, bytes.data(), bytes.size(), 0);
    if (n == 0 || (n < 0 && errno != EINTR)) {
      return Received::kClosed;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  }
  return Received::kAll;
}

std::span<std::byte> map_block(int file, std::size_t bytes) {
  void* const start = bytes == 0 ? nullptr : ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return start == nullptr || start == MAP_FAILED ? std::span<std::byte>()
                                                 : std::span(static_cast<std::byte*>(start), bytes);
}

void unmap_block(std::span<std::byte> block) {
  if (!block.empty()) {
    ::munmap(block.data(), block.size());
  }
}

/// Address space that this process has now: a sanitizer alone reserves terabytes, so a limit counts from there.
std::uint64_t address_space_in_use() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void lower_limit(int resource, rlim_t value) {
  rlimit limit{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0) {
    limit.rlim_cur = std::min(limit.rlim_max, std::min(limit.rlim_cur, value));
    ::setrlimit(static_cast<__rlimit_resource>(resource), &limit);
  }
}

/// Leaves the child nothing of its parent's but memory, the socket (then 3) and the block's file (then 4). Open files
/// matter: another reader would not see that its asker has gone, a lock would outlive its owner.
void close_all_but(int socket, int block_file) {
  const int high_socket = ::fcntl(socket, F_DUPFD, 16);
  const int high_file = ::fcntl(block_file, F_DUPFD, 16);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int standard : {0, 1, 2}) {
    ::dup2(nothing, standard);  // what libc says about a damaged heap is of no use to anyone
  }
  ::dup2(high_socket, 3);
  ::dup2(high_file, 4);
  if (::close_range(5, ~0U, 0) != 0) {  // kernels before 5.9
    for (int file = 5; file < static_cast<int>(::sysconf(_SC_OPEN_MAX)) && file < 65536; ++file) {
      ::close(file);
    }
  }
}

/// The parent ends this process; a crash, a limit or a bad instruction do as well.
void set_signals() {
  for (int number = 1; number < NSIG; ++number) {
    std::signal(number, SIG_DFL);
  }
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    std::signal(number, SIG_IGN);  // an interrupt from the terminal reaches both: the parent speaks of it
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

/// SIGPROF ends this process when it computes longer than that: it cannot outlive its parent for long either.
void allow_seconds(double seconds) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  timer.it_value.tv_usec = static_cast<suseconds_t>(1e6 * (seconds - std::floor(seconds)));
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

/// Of the processor, in this process, so far.
double seconds_used() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

/// The child's life: answers requests until nobody asks any more.
[[noreturn]] void serve_until_closed(const ReaderLimits& limits, const ReaderProcess::Serve& serve) {
  constexpr int kSocket = 3, kBlockFile = 4;
  const auto never = Clock::now() + std::chrono::hours(1 << 16);
  std::span<std::byte> block;
  double allowed = limits.seconds;
  for (Frame frame{}; receive_all(kSocket, bytes_of(frame), never) == Received::kAll;) {
    std::string request(frame.message_bytes, '\0');
    if (receive_all(kSocket, request, never) != Received::kAll) {
      break;
    }
    allowed += kSecondsPerRequest + static_cast<double>(frame.block_bytes) / kBytesPerSecond;
    allow_seconds(std::max(allowed - seconds_used(), 1e-3));
    if (frame.block_bytes > block.size()) {
      unmap_block(block);
      block = map_block(kBlockFile, frame.block_bytes);
    }
    const std::string answer = serve(request, block.first(std::min<std::size_t>(block.size(), frame.block_bytes)));
    allow_seconds(0);
    frame.message_bytes = answer.size();
    const std::span<const char> head = bytes_of(frame);
    if (!send_all(kSocket, {head.data(), head.size()}) || !send_all(kSocket, answer)) {
      break;
    }
  }
  ::_exit(0);
}

[[noreturn]] void live(const ReaderLimits& limits, const std::function<void()>& begin,
                       const ReaderProcess::Serve& serve, int socket, int block_file) {
  try {
    set_signals();
    close_all_but(socket, block_file);
    lower_limit(RLIMIT_CORE, 0);
    lower_limit(RLIMIT_AS, address_space_in_use() + limits.memory_bytes);
    begin();
    serve_until_closed(limits, serve);
  } catch (...) {
    ::_exit(1);
  }
}

/// How an ended child ended.
std::string how_it_ended(int status, const ReaderLimits& limits) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF) {
    return fmt::format("computed for more than {:.0f} s", limits.seconds);
  }
  return WIFSIGNALED(status) ? fmt::format("crashed (signal {})", WTERMSIG(status))
                             : fmt::format("gave up (status {})", WEXITSTATUS(status));
}

[[noreturn]] void throw_cannot_start() {
  throw IoError(fmt::format("cannot start a process that reads the file: {}; free memory or end other programs",
                            std::strerror(errno)));
}

/// Blocks all signals while a process is forked: no handler of the parent may run in the child.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

ReaderProcess::ReaderProcess(const ReaderLimits& limits, const std::function<void()>& begin, const Serve& serve)
    : limits_(limits) {
  std::array<int, 2> sockets{-1, -1};
  base::Descriptor block_file(::memfd_create("eddy values", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (block_file.get() < 0 || ::fcntl(block_file.get(), F_ADD_SEALS, F_SEAL_SHRINK) < 0 ||
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) < 0) {
    throw_cannot_start();
  }
  base::Descriptor ours(sockets[0]);
  const base::Descriptor of_child(sockets[1]);
  {
    const SignalsBlocked blocked;
    child_ = ::fork();
    if (child_ == 0) {
      live(limits, begin, serve, of_child.get(), block_file.get());
    }
  }
  if (child_ < 0) {
    throw_cannot_start();
  }
  socket_ = ours.release();
  block_file_ = block_file.release();
}

ReaderProcess::~ReaderProcess() {
  ::close(socket_);
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  unmap_block(block_);
  ::close(block_file_);
}

/// Notes how the child ended, which it must have done or must do now.
void ReaderProcess::end(bool too_slow) {
  if (too_slow) {
    ::kill(child_, SIGKILL);
  }
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  ended_ =
      too_slow ? fmt::format("gave no answer in {:.0f} s", limits_.waiting_seconds) : how_it_ended(status, limits_);
  throw ReaderEnd{ended_};
}

/// The file of the block only grows and is sealed against shrinking, so that what is mapped here stays there.
void ReaderProcess::require_block(std::size_t bytes) {
  if (bytes <= block_.size()) {
    return;
  }
  unmap_block(block_);
  block_ = ::ftruncate(block_file_, static_cast<off_t>(bytes)) == 0 ? map_block(block_file_, bytes) : block_.first(0);
  if (block_.size() < bytes) {
    throw std::bad_alloc();
  }
}

void ReaderProcess::send(const std::string& request, std::size_t block_bytes) {
  Frame frame{request.size(), block_bytes};
  const std::span<const char> head = bytes_of(frame);
  if (!send_all(socket_, {head.data(), head.size()}) || !send_all(socket_, request)) {
    end(false);
  }
}

/// An answer that there is no memory for stays in the socket, where the next one would be looked for: nothing more is
/// asked.
void ReaderProcess::make_room(std::string& answer, std::size_t bytes) {
  try {
    answer.resize(bytes);
  } catch (const std::bad_alloc&) {
    ::kill(child_, SIGKILL);
    ended_ = "said more than there is memory for";
    throw;
  }
}

std::string ReaderProcess::receive() {
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(limits_.waiting_seconds));
  Frame frame{};
  Received received = receive_all(socket_, bytes_of(frame), deadline);
  std::string answer;
  if (received == Received::kAll && frame.message_bytes <= kMaxMessage) {
    make_room(answer, frame.message_bytes);
    received = receive_all(socket_, answer, deadline);
  } else if (received == Received::kAll) {  // nothing that it says makes sense any more
    ::kill(child_, SIGKILL);
    received = Received::kClosed;
  }
  if (received != Received::kAll) {
    end(received == Received::kTooLate);
  }
  return answer;
}

std::string ReaderProcess::ask(const std::string& request, std::size_t block_bytes,
                               const std::function<void(std::span<const std::byte>)>& use) {
  const std::lock_guard lock(mutex_);
  if (!ended_.empty()) {
    throw ReaderEnd{ended_};
  }
  require_block(block_bytes);
  send(request, block_bytes);
  std::string answer = receive();
  if (use) {
    use(block_.first(block_bytes));
  }
  return answer;
}

}  // namespace eddy::events
