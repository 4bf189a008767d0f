#pragma once
// A data set of a HDF5 file and its values: the inner side of the door that hdf5_file.hpp is.

#include <eddy/events/column_values.hpp>
#include <eddy/events/hdf5_handle.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eddy::events {

/// What the elements of a data set are, as far as eddy can use them. kNumber: integers, floats, booleans, enumerations.
enum class Hdf5Values { kNumber, kText, kRecord, kOther };

/// One field of a data set of records: `width` numbers (1 unless it is a small array) or something unreadable.
struct Hdf5Field {
  std::string name;
  std::size_t width;
  bool is_number;
  NumberType type;  ///< that holds its numbers exactly
};

/// A rectangle of a 2-D data set.
struct Hdf5Tile {
  std::size_t first_row, n_rows;
  std::size_t first_col, n_cols;
};

/// An open data set. Reading throws IoError that names file and data set (damaged data; missing compression filter,
/// named).
class Hdf5Dataset {
 public:
  Hdf5Dataset(const std::string& file, std::string path, Hdf5Handle handle);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<std::size_t>& shape() const { return shape_; }
  /// Shape of the chunks it is stored in; empty when it is stored as one piece.
  [[nodiscard]] const std::vector<std::size_t>& chunk() const { return chunk_; }
  [[nodiscard]] Hdf5Values values() const { return values_; }
  /// The type that holds its numbers exactly.
  [[nodiscard]] NumberType number_type() const { return number_type_; }
  [[nodiscard]] std::optional<std::string> text_attribute(const std::string& name) const;

  /// The fields of a data set of records.
  [[nodiscard]] std::vector<Hdf5Field> fields() const;
  /// All elements of a 1-D data set of texts or integers, as text.
  [[nodiscard]] std::vector<std::string> read_names() const;
  /// See require_stored in hdf5_storage.hpp.
  [[nodiscard]] std::vector<std::string> require_stored() const;
  /// All elements of a 1-D data set of numbers; `out` has its length. Here and below T is float (the nearest one) or
  /// what number_type() stands for.
  template <ColumnNumber T>
  void read_all(std::span<T> out) const;
  /// The numbers inside `tile` of a 2-D data set, row by row.
  template <ColumnNumber T>
  void read_tile(const Hdf5Tile& tile, std::span<T> out) const;
  /// Rows [first, first + n) of the numeric `fields` of a 1-D data set of records: per row, field after field.
  template <ColumnNumber T>
  void read_records(std::span<const Hdf5Field> fields, std::size_t first, std::size_t n, std::span<T> out) const;

 private:
  [[noreturn]] void throw_read_error() const;
  [[nodiscard]] std::vector<std::string> read_text() const;
  template <ColumnNumber T>
  void read_selection(std::int64_t memory_space, std::int64_t file_space, std::span<T> out) const;

  std::string file_;
  std::string path_;
  std::string where_;  ///< "'file:path'"
  Hdf5Handle handle_;
  Hdf5Handle type_;
  Hdf5Values values_;
  NumberType number_type_;
  std::vector<std::size_t> shape_;
  std::vector<std::size_t> chunk_;
};

}  // namespace eddy::events
