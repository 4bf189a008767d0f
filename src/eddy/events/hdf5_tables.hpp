#pragma once
// Finds the tables inside a HDF5 file, whatever wrote them, and reads chosen columns.

#include <eddy/events/hdf5_isolated.hpp>
#include <eddy/events/read.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace eddy::events {

/// Where the values of one column are: a 1-D data set, one column of a 2-D one, or one element of a field of records.
struct Hdf5Column {
  std::string name;
  std::string dataset;
  std::string field = {};   ///< records only
  std::size_t element = 0;  ///< column of a 2-D data set, or element of `field`
  std::size_t n_events = 0;
  NumberType type = NumberType::kFloat32;  ///< that holds its numbers exactly; when it is read, in which it is held
};

/// A table found in a file.
struct Hdf5Table {
  std::string path;    ///< of the group or data set
  std::string format;  ///< "HDF5 columns", "HDF5 array", "HDF5 records", "pandas fixed", "pandas table"
  std::vector<Hdf5Column> columns = {};
  std::vector<std::string> not_numbers = {};  ///< names of columns that hold text or times
  std::string problem = {};                   ///< why it cannot be read; empty when it can
};

/// Columns of a 2-D data set of numbers, one per array column, named "0", "1", ...
[[nodiscard]] std::vector<Hdf5Column> columns_of_array(const IsolatedHdf5Dataset& dataset);

/// The table that `location` means, with its columns. Throws InputError when there is none, or no way to choose one.
[[nodiscard]] Hdf5Table find_hdf5_table(const IsolatedHdf5File& file, const Location& location);

/// The files beside location.path that hold values of the wanted columns: sources of virtual data sets, external
/// storage, targets of external links.
[[nodiscard]] std::vector<std::string> hdf5_files_behind(const Location& location, const ReadOptions& options);

[[nodiscard]] Events read_hdf5(const Location& location, const ReadOptions& options);
[[nodiscard]] FileSummary summarise_hdf5(const Location& location, const ReadOptions& options);

}  // namespace eddy::events
