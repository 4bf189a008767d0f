#include <eddy/base/error.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/events/memory_budget.hpp>
#include <eddy/events/npy.hpp>
#include <eddy/events/python_value.hpp>
#include <eddy/events/text_encoding.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;
using Kind = PythonValue::Kind;

constexpr std::size_t kBlockBytes = std::size_t{4} << 20;
constexpr std::size_t kMaxHeader = std::size_t{4} << 20;  // thousands of named fields need less than one MiB

[[noreturn]] void throw_damaged_array(const Location& location, const std::string& what) {
  throw IoError(fmt::format("{} is a damaged .npy array: {}; write or copy it again", shown(location), what));
}

std::size_t read_little_endian(ByteSource& source, std::size_t n_bytes) {
  std::array<std::byte, 4> bytes{};
  source.read(std::span(bytes).first(n_bytes));
  std::size_t value = 0;
  for (std::size_t i = n_bytes; i-- > 0;) {
    value = value << 8 | std::to_integer<std::size_t>(bytes[i]);
  }
  return value;
}

/// The dictionary at the start of the file, as UTF-8: numpy writes names in ISO 8859-1 where that has their letters.
std::string read_header_text(ByteSource& source, const Location& location) {
  constexpr std::string_view kSignature = "\x93NUMPY";
  std::string start(kSignature.size() + 2, '\0');
  source.read(std::as_writable_bytes(std::span(start)));
  const int version = static_cast<unsigned char>(start[kSignature.size()]);
  if (!start.starts_with(kSignature) || version < 1 || version > 3) {
    throw_damaged_array(location, fmt::format("signature or version {} unknown", version));
  }
  const std::size_t length = read_little_endian(source, version == 1 ? 2 : 4);
  if (length > std::min<std::uint64_t>(kMaxHeader, source.remaining())) {
    throw_damaged_array(location, fmt::format("header of {} bytes is longer than the file", length));
  }
  std::string text(length, '\0');
  source.read(std::as_writable_bytes(std::span(text)));
  return is_text(text) ? text : from_latin1(text);
}

std::vector<std::size_t> shape_in_header(const PythonValue* value, const Location& location) {
  std::vector<std::size_t> shape;
  if (value == nullptr || value->kind != Kind::kSequence) {
    throw_damaged_array(location, "its header has no shape");
  }
  for (const PythonValue& extent : value->items) {
    if (extent.kind != Kind::kInteger || extent.integer < 0) {
      throw_damaged_array(location, fmt::format("extent '{}' in its shape", extent.text));
    }
    shape.push_back(static_cast<std::size_t>(extent.integer));
  }
  if (shape.empty() || shape.size() > 2) {
    throw InputError(
        fmt::format("{} has the shape ({}); a table needs one or two dimensions, (events) or (events, columns)",
                    shown(location), fmt::join(shape, ", ")));
  }
  return shape;
}

/// Columns of a 2-D array (or the one of a 1-D array) of equal type.
void describe_plain(const std::string& descr, const Location& location, NpyHeader& header) {
  const std::optional<ElementType> type = parse_element_type(descr);
  if (!type) {
    throw InputError(
        fmt::format("{} holds values of numpy type '{}', which are not numbers eddy reads; store booleans, "
                    "integers or float16, 32 or 64",
                    shown(location), descr));
  }
  const std::size_t width = header.shape.size() == 2 ? header.shape[1] : 1;
  require_column_count(shown(location), width);
  for (std::size_t i = 0; i < width; ++i) {
    header.columns.push_back({"", type, i * type->size});
  }
  header.row_bytes = width * type->size;
}

/// A third item is the shape of a small array; (1,) and () are single values all the same.
bool is_single(const PythonValue& field) {
  return field.items.size() == 3 && field.items[2].kind == Kind::kSequence &&
         std::ranges::all_of(field.items[2].items, [](const PythonValue& extent) { return extent.integer == 1; });
}

/// One (name, type) of a record; padding has an empty name.
void add_header_field(const PythonValue& field, const Location& location, NpyHeader& header) {
  const bool pair = (field.items.size() == 2 || is_single(field)) && field.items[0].kind == Kind::kText &&
                    field.items[1].kind == Kind::kText;
  const std::optional<std::size_t> size = pair ? bytes_per_element(field.items[1].text) : std::nullopt;
  if (!size) {
    throw InputError(fmt::format("field {} of the records in {} is not a single value; store one number per field",
                                 header.columns.size() + 1, shown(location)));
  }
  if (!field.items[0].text.empty()) {
    header.columns.push_back({field.items[0].text, parse_element_type(field.items[1].text), header.row_bytes});
  }
  header.row_bytes += *size;
}

void describe_records(const PythonValue& fields, const Location& location, NpyHeader& header) {
  if (header.shape.size() != 1) {
    throw InputError(fmt::format("{} is a 2-D array of records; store a 1-D one", shown(location)));
  }
  header.named = true;
  require_column_count(shown(location), fields.items.size());
  for (const PythonValue& field : fields.items) {
    add_header_field(field, location, header);
  }
}

/// The values must fill the rest of `source`: neither a cut file nor a changed shape goes unnoticed.
void require_size(const NpyHeader& header, const ByteSource& source, const Location& location) {
  const std::uint64_t rows = header.n_events();
  const bool overflow = header.row_bytes != 0 && rows > std::numeric_limits<std::uint64_t>::max() / header.row_bytes;
  if (overflow || rows * header.row_bytes != source.remaining()) {
    throw IoError(
        fmt::format("{} is truncated or damaged: its header promises {} rows of {} bytes, but {} bytes follow; "
                    "copy the file again",
                    shown(location), rows, header.row_bytes, source.remaining()));
  }
}

/// Fills `values`, one for each of the columns `chosen`.
void read_rows(ByteSource& source, const NpyHeader& header, const std::vector<std::size_t>& chosen,
               std::vector<ColumnValues>& values) {
  const std::size_t step = std::max<std::size_t>(kBlockBytes / std::max<std::size_t>(header.row_bytes, 1), 1);
  std::vector<std::byte> block(std::min(step, header.n_events()) * header.row_bytes);
  for (std::size_t row = 0; row < header.n_events(); row += step) {
    const std::size_t n = std::min(step, header.n_events() - row);
    source.read(std::span(block).first(n * header.row_bytes));
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const NpyColumn& column = header.columns[chosen[i]];
      convert_elements(*column.type, block.data() + column.offset, header.row_bytes, values[i], row, n);
    }
  }
}

void read_whole_column(ByteSource& source, ElementType type, std::size_t n_events, ColumnValues& values) {
  const std::size_t step = kBlockBytes / type.size;
  std::vector<std::byte> block(std::min(step, n_events) * type.size);
  for (std::size_t row = 0; row < n_events; row += step) {
    const std::size_t n = std::min(step, n_events - row);
    source.read(std::span(block).first(n * type.size));
    convert_elements(type, block.data(), type.size, values, row, n);
  }
}

void read_column_major(ByteSource& source, const NpyHeader& header, const std::vector<std::size_t>& chosen,
                       std::vector<ColumnValues>& values) {
  for (std::size_t col = 0; col < header.columns.size(); ++col) {
    const ElementType type = *header.columns[col].type;
    const auto found = std::ranges::find(chosen, col);
    if (found == chosen.end()) {
      source.skip(std::uint64_t{header.n_events()} * type.size);
    } else {
      read_whole_column(source, type, header.n_events(), values[static_cast<std::size_t>(found - chosen.begin())]);
    }
  }
}

void require_no_group_of_npy(const Location& location) {
  if (!location.group.empty()) {
    throw InputError(fmt::format("'{}' is a single .npy array and has no group '{}'; leave ':{}' away", location.path,
                                 location.group, location.group));
  }
}

/// Splits the columns into those that can be read (with their positions) and the names of the others.
struct Readable {
  std::vector<std::string> names;
  std::vector<std::size_t> positions;
  std::vector<std::string> not_numbers;
};

Readable readable_columns(const NpyHeader& header, const std::vector<std::string>& names) {
  Readable readable;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (header.columns[i].type) {
      readable.names.push_back(names[i]);
      readable.positions.push_back(i);
    } else {
      readable.not_numbers.push_back(names[i]);
    }
  }
  return readable;
}

}  // namespace

NpyHeader read_npy_header(ByteSource& source, const Location& location) {
  const std::optional<PythonValue> text = parse_python_literal(read_header_text(source, location));
  const PythonValue* const descr = text ? text->find("descr") : nullptr;
  const PythonValue* const order = text ? text->find("fortran_order") : nullptr;
  if (descr == nullptr || order == nullptr || order->kind != Kind::kBool) {
    throw_damaged_array(location, "its header is not the dictionary numpy writes");
  }
  NpyHeader header;
  header.shape = shape_in_header(text->find("shape"), location);
  header.column_major = order->integer != 0 && header.shape.size() == 2;
  if (descr->kind == Kind::kSequence) {
    describe_records(*descr, location, header);
  } else {
    describe_plain(descr->text, location, header);
  }
  require_size(header, source, location);
  return header;
}

std::vector<std::string> npy_column_names(const NpyHeader& header, const Location& location,
                                          const ReadOptions& options) {
  if (!header.named) {
    return array_column_names(location, header.columns.size(), options.array_columns);
  }
  std::vector<std::string> names;
  for (const NpyColumn& column : header.columns) {
    names.push_back(column.name);
  }
  return given_names(location, names, options.array_columns);
}

Events read_npy_array(ByteSource& source, const Location& location, const ReadOptions& options) {
  const NpyHeader header = read_npy_header(source, location);
  const Readable readable = readable_columns(header, npy_column_names(header, location, options));
  std::vector<std::string> names;
  std::vector<std::size_t> chosen;
  std::vector<ColumnValues> values;
  const std::vector<std::size_t> positions = choose_columns(location, readable.names, options, readable.not_numbers);
  require_affordable(shown(location), header.n_events(), positions.size(), std::filesystem::file_size(location.path));
  for (const std::size_t i : positions) {
    names.push_back(readable.names[i]);
    chosen.push_back(readable.positions[i]);
    const NumberType stored = number_type(*header.columns[chosen.back()].type);
    values.emplace_back(held_type(stored, names.back(), options), header.n_events());
  }
  if (!chosen.empty()) {  // rows without numbers may be of no bytes and of any number
    (header.column_major ? read_column_major : read_rows)(source, header, chosen, values);
  }
  Events events;
  for (std::size_t i = 0; i < names.size(); ++i) {
    events.add({names[i], "", std::move(values[i])});
  }
  return events;
}

Events read_npy(const Location& location, const ReadOptions& options) {
  require_no_group_of_npy(location);
  FileSource source(location.path);
  return read_npy_array(source, location, options);
}

FileSummary summarise_npy(const Location& location, const ReadOptions& options) {
  require_no_group_of_npy(location);
  FileSource source(location.path);
  const NpyHeader header = read_npy_header(source, location);
  const std::vector<std::string> names = npy_column_names(header, location, options);
  return {header.named ? "npy records" : "npy array", header.n_events(), readable_columns(header, names).names};
}

}  // namespace eddy::events
