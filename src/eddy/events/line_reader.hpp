#pragma once

#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>

namespace eddy::events {

/// The lines of a text file, read in blocks; line ends (LF or CRLF) and a leading byte order mark are removed.
class LineReader {
 public:
  /// Throws IoError when the file cannot be read.
  explicit LineReader(const std::string& path);

  /// The next line, valid until the following call; false at the end of the file. Throws InputError for one of more
  /// than 64 MiB, or with CR inside.
  bool next(std::string_view& line);
  /// Number of the line returned last; the first is 1.
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  bool refill();
  void finish(std::string_view& line) const;

  std::string path_;
  std::ifstream file_;
  std::string buffer_;
  std::size_t first_ = 0;  ///< of the next line in buffer_
  std::size_t number_ = 0;
};

}  // namespace eddy::events
