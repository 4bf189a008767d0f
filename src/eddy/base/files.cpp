#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace eddy::base {
namespace {

/// Machines that share a folder have equal process ids now and then, never equal host names.
std::string host_name() {
  std::array<char, 65> name{};  // HOST_NAME_MAX is 64 on Linux
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// Unique among all processes that share the folder (only names of files depend on it, never results).
std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  return fmt::format("{}.partial-{}-{}-{}", path, host_name(), ::getpid(), counter.fetch_add(1));
}

[[noreturn]] void throw_write_error(const std::string& path, int error) {
  throw IoError(fmt::format("cannot write '{}': {}; nothing was left behind, free some space or choose another folder",
                            path, std::strerror(error)));
}

/// Removes the temporary file unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// An open file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(fd_); }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

/// `path` is what the user asked for; the error names it rather than the temporary file.
void flush_to_disk(const std::string& temporary, const std::string& path) {
  const Descriptor file(::open(temporary.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0) {
    throw_write_error(path, errno);
  }
}

}  // namespace

std::string read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  // A folder opens like a file; only the first read says that it is none.
  const bool empty = file && file.peek() == std::ifstream::traits_type::eof() && !file.bad();
  if (!empty && (!file || !(content << file.rdbuf()))) {
    throw IoError(fmt::format("cannot read '{}': {}; check the path and its permissions", path, std::strerror(errno)));
  }
  return content.str();
}

void write_atomically(const std::string& path, const std::function<void(const std::string&)>& write) {
  if (std::error_code ignored; std::filesystem::exists(path, ignored) && std::filesystem::is_other(path, ignored)) {
    throw IoError(fmt::format("'{}' is a device, not a file, and must not be replaced; choose another output", path));
  }
  const TemporaryFile temporary(temporary_name(path));
  write(temporary.path());
  flush_to_disk(temporary.path(), path);
  if (std::rename(temporary.path().c_str(), path.c_str()) != 0) {
    throw_write_error(path, errno);
  }
}

void write_atomically(const std::string& path, std::string_view content) {
  write_atomically(path, [&](const std::string& temporary) {
    errno = 0;
    std::ofstream file(temporary, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) {
      throw_write_error(path, errno != 0 ? errno : EIO);
    }
  });
}

void require_writable_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw IoError(
        fmt::format("cannot create the folder '{}': {}; choose another one with --out", folder, error.message()));
  }
  try {
    const TemporaryFile probe(temporary_name(folder + "/probe"));
    write_atomically(probe.path(), "");
  } catch (const IoError&) {
    throw IoError(fmt::format("the folder '{}' is not writable; choose another one with --out", folder));
  }
}

}  // namespace eddy::base
