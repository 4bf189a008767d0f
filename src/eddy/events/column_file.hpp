#pragma once

#include <eddy/events/column_values.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eddy::events {

/// A column of a ColumnFile.
struct FileColumn {
  std::string name;
  std::string unit;
  NumberType type = NumberType::kFloat32;
};

/// A text that describes a whole ColumnFile: an attribute of the file's root.
struct FileNote {
  std::string name;
  std::string text;
};

/// A HDF5 file of equally long columns (as write_hdf5 makes them, but uncompressed) that is filled piece by
/// piece, so that it may be larger than memory. libhdf5 lays out the empty file; the values are written by eddy itself,
/// because libhdf5 crashes the process when a disk runs full. The space is reserved at once: a disk that is too small
/// is found at the start. Equal content gives equal bytes.
class ColumnFile {
 public:
  /// Creates `path` with room for `n_rows` > 0 values per column; messages call it `shown`. Throws IoError when it
  /// cannot be created or the disk lacks the space.
  ColumnFile(const std::string& path, std::string shown, const std::vector<FileColumn>& columns, std::size_t n_rows,
             const std::vector<FileNote>& notes = {});
  ColumnFile(const ColumnFile&) = delete;
  ColumnFile& operator=(const ColumnFile&) = delete;
  ~ColumnFile();

  /// Writes `values`, of the column's type, to column number `column`, from row `first` on. Throws IoError.
  template <ColumnNumber T>
  void write(std::size_t column, std::size_t first, std::span<const T> values) {
    write_bytes(column, first * sizeof(T), std::as_bytes(values));
  }

  /// The same from byte `first` of the column on, for values that are not typed.
  void write_bytes(std::size_t column, std::size_t first, std::span<const std::byte> bytes);

 private:
  std::string shown_;
  std::vector<std::uint64_t> offsets_;  ///< of the columns' first values in the file
  int descriptor_ = -1;
};

}  // namespace eddy::events
