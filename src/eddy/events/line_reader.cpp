#include <eddy/base/error.hpp>
#include <eddy/events/line_reader.hpp>

#include <fmt/format.h>

namespace eddy::events {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::size_t kMaxLine = std::size_t{64} << 20;  // names or values of millions of columns
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(const std::string& path) : path_(path), file_(path, std::ios::binary) {
  if (!file_) {
    throw base::IoError(fmt::format("cannot read '{}'; check its permissions", path));
  }
}

/// Takes the end of CRLF off. Spreadsheets of old end lines by CR alone: a whole file would be one line of names.
void LineReader::finish(std::string_view& line) const {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.find('\r') != std::string_view::npos) {
    throw base::InputError(fmt::format(
        "line {} of '{}' holds carriage returns (CR) that are no line ends here; let each line end in LF or "
        "CRLF, for example by 'tr \"\\r\" \"\\n\" < OLD > NEW'",
        number_, path_));
  }
}

/// Drops the lines already given out and appends the next block; false at the end of the file.
bool LineReader::refill() {
  buffer_.erase(0, first_);
  first_ = 0;
  const std::size_t kept = buffer_.size();
  if (kept > kMaxLine) {
    throw base::InputError(
        fmt::format("line {} of '{}' is longer than {} MiB; a table in text needs a line for each event", number_ + 1,
                    path_, kMaxLine >> 20));
  }
  buffer_.resize(kept + kBlock);
  file_.read(buffer_.data() + kept, static_cast<std::streamsize>(kBlock));
  buffer_.resize(kept + static_cast<std::size_t>(file_.gcount()));
  if (file_.bad()) {
    throw base::IoError(fmt::format("cannot read '{}' to its end; check the disk or copy the file again", path_));
  }
  return buffer_.size() > kept;
}

bool LineReader::next(std::string_view& line) {
  std::size_t end = buffer_.find('\n', first_);
  while (end == std::string::npos && refill()) {
    end = buffer_.find('\n', first_);
  }
  if (first_ == buffer_.size()) {
    return false;
  }
  line = std::string_view(buffer_).substr(first_, std::min(end, buffer_.size()) - first_);
  first_ = std::min(end, buffer_.size() - 1) + 1;
  if (number_++ == 0 && line.starts_with(kByteOrderMark)) {
    line.remove_prefix(kByteOrderMark.size());
  }
  finish(line);
  return true;
}

}  // namespace eddy::events
