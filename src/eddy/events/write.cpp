#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/hdf5_writer.hpp>
#include <eddy/events/write.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

namespace eddy::events {
namespace {

using base::InputError;

constexpr std::size_t kBlock = std::size_t{1} << 20;  // bytes of text collected before they go to the file

void require_columns(const std::string& path, const Events& events) {
  if (events.names().empty()) {
    throw InputError(fmt::format("cannot write '{}': the table has no columns; add one first", path));
  }
}

void require_dataset_name(const std::string& path, const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find_first_of(std::string("/\0", 2)) != std::string::npos) {
    throw InputError(
        fmt::format("cannot write '{}': '{}' cannot name a HDF5 data set; rename the column without '/'", path, name));
  }
}

/// A header field as RFC 4180 wants it: quoted when it would be misread bare.
std::string header_field(const std::string& path, const std::string& name) {
  if (name.empty() || name.find_first_of("\r\n") != std::string::npos) {
    throw InputError(
        fmt::format("cannot write '{}': '{}' cannot head a CSV column; give it a name of one line", path, name));
  }
  const bool bare = name.find_first_of(",\" \t;#") == std::string::npos;
  std::string quoted = "\"";
  for (const char letter : name) {
    quoted.append(letter == '"' ? 2 : 1, letter);
  }
  return bare ? name : quoted + "\"";
}

std::string header_line(const std::string& path, const Events& events) {
  std::string line;
  for (const std::string& name : events.names()) {
    line += line.empty() ? "" : ",";
    line += header_field(path, name);
  }
  line += "\n";
  return line;
}

template <ColumnNumber T>
void append_number(std::string& text, T value) {
  std::array<char, 32> digits;  // the longest float64, "-1.1754943508222875e-308", has 24 letters
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

/// Sends text to a file, in blocks.
class TextFile {
 public:
  TextFile(const std::string& temporary, std::string shown) : shown_(std::move(shown)) {
    errno = 0;
    file_.open(temporary, std::ios::binary);
    check();
  }

  void write(std::string& text) {
    errno = 0;
    file_.write(text.data(), static_cast<std::streamsize>(text.size()));
    check();
    text.clear();
  }

  void close() {
    errno = 0;
    file_.close();
    check();
  }

 private:
  void check() {
    if (!file_) {
      throw base::IoError(
          fmt::format("cannot write '{}': {}; nothing was left behind, free some space or choose another "
                      "folder",
                      shown_, std::strerror(errno != 0 ? errno : EIO)));
    }
  }

  std::string shown_;
  std::ofstream file_;
};

void write_rows(TextFile& file, std::string text, const std::vector<const ColumnValues*>& columns, std::size_t n) {
  for (std::size_t row = 0; row < n; ++row) {
    for (const ColumnValues* column : columns) {
      column->visit([&](const auto& values) { append_number(text, values[row]); });
      text.push_back(',');
    }
    text.back() = '\n';
    if (text.size() > kBlock) {
      file.write(text);
    }
  }
  file.write(text);
}

}  // namespace

void write_hdf5(const std::string& path, const Events& events, const std::string& group) {
  require_columns(path, events);
  Hdf5Writer writer;
  for (const std::string& name : events.names()) {
    require_dataset_name(path, name);
    writer.add_column(group, name, events.unit(name), events.values(name));
  }
  base::write_atomically(path, std::string_view(writer.bytes()));
}

void write_csv(const std::string& path, const Events& events) {
  require_columns(path, events);
  std::vector<const ColumnValues*> columns;
  for (const std::string& name : events.names()) {
    columns.push_back(&events.values(name));
  }
  const std::string header = header_line(path, events);
  base::write_atomically(path, [&](const std::string& temporary) {
    TextFile file(temporary, path);
    write_rows(file, header, columns, events.size());
    file.close();
  });
}

}  // namespace eddy::events
