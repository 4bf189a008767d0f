#include <eddy/base/error.hpp>
#include <eddy/events/byte_source.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace eddy::events {

using base::IoError;

namespace {

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) {
    throw IoError(fmt::format("cannot read '{}': {}; check the path", path, error.message()));
  }
  return size;
}

}  // namespace

FileSource::FileSource(const std::string& path) : FileSource(path, 0, size_of(path)) {}

FileSource::FileSource(const std::string& path, std::uint64_t first, std::uint64_t size)
    : path_(path), file_(path, std::ios::binary), remaining_(size) {
  file_.seekg(static_cast<std::streamoff>(first));
  if (!file_) {
    throw IoError(fmt::format("cannot read '{}'; check its permissions", path));
  }
}

void FileSource::take(std::uint64_t n) {
  if (n > remaining_) {
    throw IoError(fmt::format("'{}' is truncated: {} more bytes were expected where {} are left; copy the file again",
                              path_, n, remaining_));
  }
  remaining_ -= n;
}

void FileSource::read(std::span<std::byte> out) {
  take(out.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): streams read bytes as char
  if (!out.empty() && !file_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()))) {
    throw IoError(fmt::format("cannot read '{}' to its end; check the disk or copy the file again", path_));
  }
}

void FileSource::skip(std::uint64_t n) {
  take(n);
  file_.seekg(static_cast<std::streamoff>(n), std::ios::cur);
}

}  // namespace eddy::events
