#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/events/element_type.hpp>
#include <eddy/events/idx.hpp>
#include <eddy/events/memory_budget.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <numeric>

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;
namespace fs = std::filesystem;

constexpr std::size_t kBytesPerRead = std::size_t{4} << 20U;
constexpr std::string_view kGzipSignature = "\x1f\x8b";
const std::string kLabel = "label";

/// numpy's name of an IDX type; nothing for a byte that names none.
std::string_view type_name(std::uint8_t code) {
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 6> kTypes = {
      {{0x08, "|u1"}, {0x09, "|i1"}, {0x0B, ">i2"}, {0x0C, ">i4"}, {0x0D, ">f4"}, {0x0E, ">f8"}}};
  const auto* const found = std::ranges::find(kTypes, code, [](const auto& type) { return type.first; });
  return found == kTypes.end() ? std::string_view() : found->second;
}

bool has_magic(std::string_view start) {
  return start.size() >= 4 && start[0] == 0 && start[1] == 0 &&
         !type_name(static_cast<std::uint8_t>(start[2])).empty() && start[3] > 0;
}

/// The bytes of a file, decompressed where it is compressed.
class GzipFile {
 public:
  explicit GzipFile(const std::string& path) : path_(path) {
    base::require_no_stream(path);
    file_ = gzopen(path.c_str(), "rb");
    if (file_ == nullptr) {
      throw IoError(fmt::format("cannot read '{}'; check that it exists and its permissions", path));
    }
  }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;
  ~GzipFile() { gzclose_r(file_); }

  /// Fills `out` as far as the file reaches; the number of bytes. Throws IoError for damage.
  std::size_t read(std::span<std::byte> out) {
    const int n = gzread(file_, out.data(), static_cast<unsigned>(out.size()));
    int error = Z_OK;
    const char* reason = gzerror(file_, &error);
    if (n < 0 || (error != Z_OK && error != Z_STREAM_END)) {  // Z_BUF_ERROR: the compressed data end too early
      const std::string what = error == Z_BUF_ERROR ? "its compressed data end too early" : reason;
      throw IoError(fmt::format("'{}' is truncated or damaged: {}; copy the file again", path_, what));
    }
    return static_cast<std::size_t>(n);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  gzFile file_ = nullptr;
};

struct IdxHeader {
  ElementType type{};
  std::vector<std::size_t> shape;

  [[nodiscard]] std::size_t n_events() const { return shape.front(); }
  [[nodiscard]] std::size_t n_columns() const {
    return std::accumulate(shape.begin() + 1, shape.end(), std::size_t{1}, std::multiplies<>());
  }
};

void read_all(GzipFile& file, std::span<std::byte> out, std::string_view what) {
  const std::size_t n = file.read(out);
  if (n < out.size()) {
    throw IoError(fmt::format("'{}' is truncated: {} ends after {} of {} bytes; copy the file again", file.path(), what,
                              n, out.size()));
  }
}

IdxHeader read_idx_header(GzipFile& file) {
  std::array<std::uint8_t, 4> magic{};
  const std::size_t n = file.read(std::as_writable_bytes(std::span(magic)));
  const std::string start(magic.begin(), magic.begin() + n);
  if (!has_magic(start)) {
    throw IoError(
        fmt::format("'{}' holds no IDX data ({:02x} where 00 00, a type and a number of dimensions should be); "
                    "decompress files of other formats, or copy it again",
                    file.path(), fmt::join(std::span(magic).first(n), " ")));
  }
  IdxHeader header;
  header.type = *parse_element_type(type_name(magic[2]));
  for (int d = 0; d < magic[3]; ++d) {
    std::array<std::byte, 4> bytes{};
    read_all(file, bytes, "its header");
    std::size_t extent = 0;
    for (const std::byte byte : bytes) {
      extent = extent << 8U | std::to_integer<std::size_t>(byte);
    }
    header.shape.push_back(extent);
  }
  return header;
}

/// Refuses extents whose product a table cannot hold, before anything is reserved for it.
void require_table(const IdxHeader& header, const Location& location) {
  std::size_t width = 1;
  for (const std::size_t extent : std::span(header.shape).subspan(1)) {
    width = extent > kMaxColumns ? kMaxColumns + 1 : std::min(width * extent, kMaxColumns + 1);
  }
  if (width > kMaxColumns || width == 0) {
    throw InputError(fmt::format("{} has the shape ({}); a table needs 1 to {} values per event", shown(location),
                                 fmt::join(header.shape, ", "), kMaxColumns));
  }
}

std::vector<std::string> column_names(const IdxHeader& header, const Location& location, const ReadOptions& options) {
  if (!options.array_columns.empty()) {
    return array_column_names(location, header.n_columns(), options.array_columns);
  }
  if (header.shape.size() == 1) {
    return {kLabel};
  }
  std::vector<std::string> names;
  for (std::size_t k = 0; k < header.n_columns(); ++k) {
    names.push_back(fmt::format("p{}", k));
  }
  return names;
}

/// Values for the columns at `chosen`, without events yet, of the types in which the columns `names` are held.
std::vector<ColumnValues> empty_columns(const IdxHeader& header, const std::vector<std::size_t>& chosen,
                                        const std::vector<std::string>& names, const ReadOptions& options) {
  std::vector<ColumnValues> columns;
  for (const std::size_t i : chosen) {
    columns.emplace_back(held_type(number_type(header.type), names[i], options), 0);
  }
  return columns;
}

/// Reads the columns `chosen` in blocks of events.
void read_values(GzipFile& file, const IdxHeader& header, const std::vector<std::size_t>& chosen,
                 std::vector<ColumnValues>& columns) {
  const std::size_t row_bytes = header.n_columns() * header.type.size;
  const std::size_t rows_per_block = std::max<std::size_t>(1, kBytesPerRead / row_bytes);
  std::vector<std::byte> block(rows_per_block * row_bytes);
  for (std::size_t first = 0; first < header.n_events(); first += rows_per_block) {
    const std::size_t n = std::min(rows_per_block, header.n_events() - first);
    read_all(file, std::span(block).first(n * row_bytes),
             fmt::format("the block of events {} to {} of {}", first, first + n - 1, header.n_events()));
    for (std::size_t c = 0; c < chosen.size(); ++c) {
      columns[c].visit([&](auto& values) { values.resize(first + n); });
      convert_elements(header.type, block.data() + chosen[c] * header.type.size, row_bytes, columns[c], first, n);
    }
  }
  std::array<std::byte, 1> more{};
  if (file.read(more) > 0) {
    throw IoError(fmt::format("'{}' goes on after the {} events its header counts; copy the file again", file.path(),
                              header.n_events()));
  }
}

/// The labels' file that the group names.
Location labels_of(const Location& location) {
  return {(fs::path(location.path).parent_path() / location.group).string(), ""};
}

IdxHeader read_labels_header(GzipFile& file, const Location& location, std::size_t n_events) {
  IdxHeader header = read_idx_header(file);
  if (header.shape.size() != 1 || header.n_events() != n_events) {
    throw InputError(
        fmt::format("'{}' has the shape ({}) where one label for each of {} events of '{}' is needed; name "
                    "the labels of these images",
                    file.path(), fmt::join(header.shape, ", "), n_events, location.path));
  }
  return header;
}

void require_images(const IdxHeader& header, const Location& location) {
  if (!location.group.empty() && header.shape.size() == 1) {
    throw InputError(
        fmt::format("{} has one dimension, labels itself, and takes no labels from '{}'; name images before the colon",
                    shown({location.path, ""}), location.group));
  }
}

/// All names, that of the labels last.
std::vector<std::string> all_names(const IdxHeader& header, const Location& location, const ReadOptions& options) {
  std::vector<std::string> names = column_names(header, location, options);
  if (!location.group.empty()) {
    names.push_back(kLabel);
  }
  return names;
}

}  // namespace

bool is_idx(std::string_view start) { return start.starts_with(kGzipSignature) || has_magic(start); }

Events read_idx(const Location& location, const ReadOptions& options) {
  GzipFile file(location.path);
  const IdxHeader header = read_idx_header(file);
  require_table(header, location);
  require_images(header, location);
  const std::vector<std::string> names = all_names(header, location, options);
  require_affordable(shown(location), header.n_events(), options.wanted.empty() ? names.size() : options.wanted.size(),
                     fs::file_size(location.path));
  const std::vector<std::size_t> chosen = choose_columns(location, names, options);
  std::vector<std::size_t> pixels;
  std::ranges::copy_if(chosen, std::back_inserter(pixels), [&](std::size_t i) { return i < header.n_columns(); });
  std::vector<ColumnValues> values = empty_columns(header, pixels, names, options);
  read_values(file, header, pixels, values);
  std::vector<ColumnValues> labels;
  if (!location.group.empty()) {  // read even if not wanted, so that labels which do not fit are found
    GzipFile label_file(labels_of(location).path);
    const IdxHeader label_header = read_labels_header(label_file, location, header.n_events());
    labels = empty_columns(label_header, {0}, {kLabel}, options);
    read_values(label_file, label_header, {0}, labels);
  }
  Events events;
  std::size_t next = 0;
  for (const std::size_t i : chosen) {
    events.add({names[i], "", i < header.n_columns() ? std::move(values[next++]) : labels.front()});
  }
  return events;
}

std::vector<std::string> idx_files_behind(const Location& location, const ReadOptions&) {
  return location.group.empty() ? std::vector<std::string>{} : std::vector{labels_of(location).path};
}

FileSummary summarise_idx(const Location& location, const ReadOptions& options) {
  GzipFile file(location.path);
  const IdxHeader header = read_idx_header(file);
  require_table(header, location);
  require_images(header, location);
  if (!location.group.empty()) {
    GzipFile labels(labels_of(location).path);
    static_cast<void>(read_labels_header(labels, location, header.n_events()));
  }
  return {"IDX array", header.n_events(), all_names(header, location, options)};
}

}  // namespace eddy::events
