#include <eddy/base/descriptor.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/temporary_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace eddy::base {
namespace {

[[noreturn]] void throw_write_error(const std::string& path, int error) {
  throw IoError(fmt::format("cannot write '{}': {}; nothing was left behind, free some space or choose another folder",
                            path, std::strerror(error)));
}

/// `path` is what the user asked for; the error names it rather than the temporary file.
void flush_to_disk(const std::string& temporary, const std::string& path) {
  const Descriptor file(::open(temporary.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0) {
    throw_write_error(path, errno);
  }
}

}  // namespace

void require_no_stream(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::file_type type = std::filesystem::status(path, ignored).type();
  const char* kind = type == std::filesystem::file_type::fifo        ? "pipe"
                     : type == std::filesystem::file_type::socket    ? "socket"
                     : type == std::filesystem::file_type::character ? "device"
                     : type == std::filesystem::file_type::block     ? "device"
                                                                     : nullptr;
  if (kind != nullptr) {
    throw IoError(fmt::format("'{}' is a {}, not a file; copy what comes from it into one", path, kind));
  }
}

std::string read_file(const std::string& path) {
  require_no_stream(path);
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
  const TemporaryFile temporary(path);
  write(temporary.path());
  flush_to_disk(temporary.path(), path);
  if (!temporary.rename_to(path)) {
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

void require_writable_folder(const std::string& folder, const std::string& option) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw IoError(
        fmt::format("cannot create the folder '{}': {}; choose another one with {}", folder, error.message(), option));
  }
  const TemporaryFile probe(folder + "/probe");
  const Descriptor file(::open(probe.path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  if (file.get() < 0) {
    throw IoError(fmt::format("the folder '{}' is not writable: {}; choose another one with {}", folder,
                              std::strerror(errno), option));
  }
}

}  // namespace eddy::base
