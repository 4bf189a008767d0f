#include <eddy/base/error.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/events/hdf5_blocks.hpp>
#include <eddy/events/row_reader.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace eddy::events {

/// One data set and where its columns go in a row of the table.
struct RowReader::Hdf5Part {
  /// Column `from` of what is read from the data set becomes column `to` of the table.
  struct Place {
    std::size_t from;
    std::size_t to;
  };
  IsolatedHdf5Dataset dataset;
  std::vector<Hdf5Field> fields;  ///< of data sets of records
  std::size_t width = 0;          ///< numbers read per row
  std::vector<Place> places = {};

  /// The numbers of the data set are the rows of the table as they are.
  [[nodiscard]] bool is_whole_row(std::size_t n_columns) const {
    return places.size() == n_columns && width == n_columns &&
           std::ranges::all_of(places, [](const Place& place) { return place.from == place.to; });
  }
  [[nodiscard]] std::size_t chunk_rows() const { return dataset.chunk().empty() ? 1 : dataset.chunk()[0]; }
  /// A chunk that is cut by two blocks stays in libhdf5's cache of 1 MiB from one to the next.
  [[nodiscard]] bool keeps_chunks() const {
    std::size_t bytes = sizeof(double) * (fields.empty() ? 1 : width);
    for (const std::size_t length : dataset.chunk()) {
      bytes *= length;
    }
    return bytes <= (std::size_t{1} << 20);
  }
  void read(std::size_t first, std::size_t n, std::span<float> out) const {
    if (!fields.empty()) {
      dataset.read_records(fields, first, n, out);
    } else {
      dataset.read_tile({first, n, 0, width}, out);  // of a 1-D data set, the rows alone count
    }
  }
};

namespace {

bool is_hdf5_format(const std::string& format) { return format.starts_with("HDF5") || format.starts_with("pandas"); }

/// Where in a row of the numeric `fields` a column begins.
std::size_t place_in_record(const std::vector<Hdf5Field>& fields, const Hdf5Column& column) {
  std::size_t place = column.element;
  for (const Hdf5Field& field : fields) {
    if (field.name == column.field) {
      break;
    }
    place += field.width;
  }
  return place;
}

std::vector<Hdf5Field> used_fields(const IsolatedHdf5Dataset& dataset, const std::vector<Hdf5Column>& columns) {
  std::vector<Hdf5Field> fields = dataset.fields();
  std::erase_if(fields, [&](const Hdf5Field& field) {
    return std::ranges::none_of(columns, [&](const Hdf5Column& column) { return column.field == field.name; });
  });
  return fields;
}

std::size_t width_of(const std::vector<Hdf5Field>& fields) {
  std::size_t width = 0;
  for (const Hdf5Field& field : fields) {
    width += field.width;
  }
  return width;
}

}  // namespace

RowReader::RowReader(const Location& location) {
  if (is_hdf5_format(summarise_file(location).format)) {
    open_hdf5(location);
    return;
  }
  events_ = read_events(location);
  n_rows_ = events_.size();
  n_columns_ = events_.names().size();
}

RowReader::RowReader(RowReader&&) noexcept = default;
RowReader& RowReader::operator=(RowReader&&) noexcept = default;
RowReader::~RowReader() = default;

void RowReader::open_hdf5(const Location& location) {
  const IsolatedHdf5File file(location.path);
  const Hdf5Table table = find_hdf5_table(file, location);
  if (!table.not_numbers.empty()) {
    throw base::InputError(fmt::format("column '{}' of {} holds no numbers; write the file again without it",
                                       table.not_numbers.front(), shown(location)));
  }
  static_cast<void>(files_of(file, table.columns));
  n_rows_ = table.columns.empty() ? 0 : table.columns.front().n_events;
  n_columns_ = table.columns.size();
  std::map<std::string, std::size_t> part_of;
  for (std::size_t i = 0; i < n_columns_; ++i) {
    const Hdf5Column& column = table.columns[i];
    const auto [found, is_new] = part_of.emplace(column.dataset, parts_.size());
    if (is_new) {
      IsolatedHdf5Dataset dataset = file.dataset(column.dataset);
      std::vector<Hdf5Field> fields = used_fields(dataset, table.columns);
      const std::size_t width =
          fields.empty() ? (dataset.shape().size() == 2 ? dataset.shape()[1] : 1) : width_of(fields);
      parts_.push_back({std::move(dataset), std::move(fields), width});
    }
    Hdf5Part& part = parts_[found->second];
    part.places.push_back({part.fields.empty() ? column.element : place_in_record(part.fields, column), i});
  }
}

std::size_t RowReader::aligned_rows(std::size_t limit) const {
  std::size_t step = 1;
  for (const Hdf5Part& part : parts_) {
    if (part.chunk_rows() <= limit || !part.keeps_chunks()) {
      step = std::max(step, part.chunk_rows());
    }
  }
  return std::max<std::size_t>(limit / step, 1) * step;
}

void RowReader::read(std::size_t first, std::size_t n, std::span<float> out) const {
  std::vector<float> buffer;
  for (const Hdf5Part& part : parts_) {
    if (part.is_whole_row(n_columns_)) {
      part.read(first, n, out);
      continue;
    }
    buffer.resize(n * part.width);
    part.read(first, n, buffer);
    for (std::size_t row = 0; row < n; ++row) {
      for (const Hdf5Part::Place& place : part.places) {
        out[row * n_columns_ + place.to] = buffer[row * part.width + place.from];
      }
    }
  }
  if (parts_.empty()) {
    const std::vector<std::string> names = events_.names();
    for (std::size_t c = 0; c < names.size(); ++c) {
      const std::span<const float> column = events_.column(names[c]);
      for (std::size_t row = 0; row < n; ++row) {
        out[row * n_columns_ + c] = column[first + row];
      }
    }
  }
}

}  // namespace eddy::events
