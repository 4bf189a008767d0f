#pragma once

#include <eddy/events/hdf5_tables.hpp>
#include <eddy/events/read.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace eddy::events {

/// A table of numbers that is read in blocks of rows, for files larger than memory: any format that read_events knows.
/// HDF5 files are read block by block, the other formats at once.
class RowReader {
 public:
  /// Throws IoError and InputError as read_events does, and InputError when a column of the file holds no numbers.
  explicit RowReader(const Location& location);
  RowReader(RowReader&&) noexcept;
  RowReader& operator=(RowReader&&) noexcept;
  ~RowReader();

  [[nodiscard]] std::size_t n_rows() const { return n_rows_; }
  [[nodiscard]] std::size_t n_columns() const { return n_columns_; }

  /// About `limit` rows, one at least: a number of rows such that no chunk of the file is decompressed twice when
  /// blocks of that many are read one after the other. More than `limit` only where a single chunk is.
  [[nodiscard]] std::size_t aligned_rows(std::size_t limit) const;

  /// Rows [first, first + n), all columns in the order of the file; `out` has n * n_columns() values, row after row.
  /// Throws IoError when the data are damaged. One thread at a time.
  void read(std::size_t first, std::size_t n, std::span<float> out) const;

 private:
  struct Hdf5Part;
  void open_hdf5(const Location& location);

  std::size_t n_rows_ = 0;
  std::size_t n_columns_ = 0;
  std::vector<Hdf5Part> parts_;  ///< the data sets that hold the columns
  Events events_;                ///< formats that are read at once
};

}  // namespace eddy::events
