#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>

namespace eddy::events {

/// Bytes that are read once, front to back: a file or a compressed member of an archive.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;
  /// Fills `out`. Throws IoError when fewer bytes are left or they are damaged.
  virtual void read(std::span<std::byte> out) = 0;
  /// Passes over `n` bytes.
  virtual void skip(std::uint64_t n) = 0;
  /// Number of bytes not read yet.
  [[nodiscard]] virtual std::uint64_t remaining() const = 0;
};

/// A file, or the part [first, first + size) of it.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path);
  FileSource(const std::string& path, std::uint64_t first, std::uint64_t size);
  void read(std::span<std::byte> out) override;
  void skip(std::uint64_t n) override;
  [[nodiscard]] std::uint64_t remaining() const override { return remaining_; }

 private:
  void take(std::uint64_t n);

  std::string path_;
  std::ifstream file_;
  std::uint64_t remaining_;
};

}  // namespace eddy::events
