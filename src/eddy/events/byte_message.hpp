#pragma once
// What a reader process (reader_process.hpp) and the process that asks it say to each other: numbers and texts in a
// row.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::events {

/// Puts a message together.
class MessageWriter {
 public:
  void number(std::uint64_t value);
  void text(std::string_view value);
  void numbers(const std::vector<std::size_t>& values);
  void texts(const std::vector<std::string>& values);
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Takes a message apart. The other side may be a process that damaged data led astray: every length is checked against
/// the bytes that are there, and what does not fit is an IoError.
class MessageReader {
 public:
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint64_t number();
  [[nodiscard]] std::string text();
  [[nodiscard]] std::vector<std::size_t> numbers();
  [[nodiscard]] std::vector<std::string> texts();

 private:
  [[nodiscard]] std::string_view take(std::uint64_t n);
  [[nodiscard]] std::size_t count();

  std::string_view rest_;
};

}  // namespace eddy::events
