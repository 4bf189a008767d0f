#pragma once
// The one door to libhdf5 for reading: files, what they hold, and their values. Safe to use from several threads.

#include <eddy/events/column_values.hpp>
#include <eddy/events/hdf5_handle.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
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

  std::string path_;
  std::string where_;  ///< "'file:path'"
  Hdf5Handle handle_;
  Hdf5Handle type_;
  Hdf5Values values_;
  NumberType number_type_;
  std::vector<std::size_t> shape_;
  std::vector<std::size_t> chunk_;
};

/// Names of what a group holds, in alphabetical order. Links that lead nowhere are left out.
struct Hdf5Children {
  std::vector<std::string> groups;
  std::vector<std::string> datasets;
};

/// A HDF5 file opened for reading. Paths inside it begin with '/'.
class Hdf5File {
 public:
  /// Throws IoError when it is truncated, damaged or not HDF5.
  explicit Hdf5File(std::string path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_group(const std::string& object) const;
  [[nodiscard]] bool is_dataset(const std::string& object) const;
  [[nodiscard]] Hdf5Children children(const std::string& group) const;
  /// File and address of an object: equal for two paths that links lead to the same object.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> identity(const std::string& object) const;
  [[nodiscard]] std::optional<std::string> text_attribute(const std::string& object, const std::string& name) const;
  [[nodiscard]] Hdf5Dataset dataset(const std::string& path) const;

 private:
  std::string path_;
  Hdf5Handle handle_;
};

}  // namespace eddy::events
