#pragma once
// numpy's .npy encoding (numpy.lib.format, versions 1 to 3): a one- or two-dimensional array of numbers, or a 1-D array
// of records with named fields.

#include <eddy/events/byte_source.hpp>
#include <eddy/events/element_type.hpp>
#include <eddy/events/read.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eddy::events {

/// One column of an array and where it lies in a row.
struct NpyColumn {
  std::string name;                 ///< empty unless the array has named fields
  std::optional<ElementType> type;  ///< nothing when it does not hold numbers
  std::size_t offset;               ///< bytes from the start of the row
};

/// What the header of an array says.
struct NpyHeader {
  std::vector<std::size_t> shape;
  bool column_major = false;  ///< Fortran order: one column after the other
  bool named = false;         ///< a 1-D array of records
  std::size_t row_bytes = 0;
  std::vector<NpyColumn> columns;
  [[nodiscard]] std::size_t n_events() const { return shape.front(); }
};

/// Reads the header and leaves `source` at the first value. Throws IoError when the array is damaged or its values do
/// not fill `source` exactly, InputError when it is not a table (three dimensions, objects).
[[nodiscard]] NpyHeader read_npy_header(ByteSource& source, const Location& location);

/// Names of the columns: the fields', or those of `options.array_columns`.
[[nodiscard]] std::vector<std::string> npy_column_names(const NpyHeader& header, const Location& location,
                                                        const ReadOptions& options);

/// The wanted columns of the array in `source`, read in blocks of rows.
[[nodiscard]] Events read_npy_array(ByteSource& source, const Location& location, const ReadOptions& options);

/// A .npy file.
[[nodiscard]] Events read_npy(const Location& location, const ReadOptions& options);
[[nodiscard]] FileSummary summarise_npy(const Location& location, const ReadOptions& options);

}  // namespace eddy::events
