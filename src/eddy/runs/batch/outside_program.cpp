#include <eddy/base/descriptor.hpp>
#include <eddy/base/error.hpp>
#include <eddy/runs/batch/outside_program.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

namespace eddy::runs {
namespace {

constexpr int kNoProgram = 127;

struct Pipe {
  base::Descriptor read_end{-1};
  base::Descriptor write_end{-1};
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw base::IoError(fmt::format("cannot start another program: {}", std::strerror(errno)));
  }
  return {base::Descriptor(ends[0]), base::Descriptor(ends[1])};
}

/// In the child; never returns.
[[noreturn]] void become(const std::vector<char*>& arguments, const std::string& folder, int out, int err) {
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (const int nothing = ::open("/dev/null", O_RDONLY); nothing >= 0) {
    ::dup2(nothing, STDIN_FILENO);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (folder.empty() || ::chdir(folder.c_str()) == 0) {
    ::execvp(arguments[0], arguments.data());
  }
  ::_exit(kNoProgram);
}

/// Reads both to their ends, side by side: neither may fill up.
void read_both(int out, int err, ProgramOutput& output) {
  std::array<pollfd, 2> ends = {pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  const std::array<std::string*, 2> texts = {&output.out, &output.err};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (::poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) {
      return;
    }
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) {
        continue;
      }
      std::array<char, 4096> part{};
      const ssize_t n = ::read(ends[i].fd, part.data(), part.size());
      if (n > 0) {
        texts[i]->append(part.data(), static_cast<std::size_t>(n));
      } else if (n == 0 || errno != EINTR) {
        ends[i].fd = -1;
      }
    }
  }
}

}  // namespace

std::string ProgramOutput::complaint() const {
  const std::string& text = err.empty() ? out : err;
  const std::string line = text.substr(0, text.find('\n'));
  return line.empty() ? fmt::format("it ended with status {}", code) : line;
}

ProgramOutput run_program(const std::vector<std::string>& arguments, const std::string& folder) {
  std::vector<std::string> copies = arguments;
  std::vector<char*> pointers;
  std::ranges::transform(copies, std::back_inserter(pointers), [](std::string& text) { return text.data(); });
  pointers.push_back(nullptr);
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  const pid_t child = ::fork();
  if (child < 0) {
    throw base::IoError(fmt::format("cannot start '{}': {}", arguments[0], std::strerror(errno)));
  }
  if (child == 0) {
    become(pointers, folder, out.write_end.get(), err.write_end.get());
  }
  ::close(out.write_end.release());
  ::close(err.write_end.release());
  ProgramOutput output;
  read_both(out.read_end.get(), err.read_end.get(), output);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int kSignalled = 128;
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  output.is_there = output.code != kNoProgram;
  return output;
}

std::string own_program() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "eddy" : path.string();
}

}  // namespace eddy::runs
