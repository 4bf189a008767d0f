#pragma once

#include <eddy/events/column_values.hpp>
#include <eddy/events/hdf5_handle.hpp>

#include <string>

namespace eddy::events {

/// A HDF5 file that is built in memory. libhdf5 crashes the process when a disk runs full while it writes, so the
/// finished bytes are handed out and written by eddy instead. Equal content gives equal bytes (no time stamps).
class Hdf5Writer {
 public:
  Hdf5Writer();

  /// Adds a compressed 1-D data set `name` of the type of `values` with attribute `units` to `group` ("" = root), which
  /// is created.
  void add_column(const std::string& group, const std::string& name, const std::string& units,
                  const ColumnValues& values);

  /// The complete file.
  [[nodiscard]] std::string bytes() const;

 private:
  Hdf5Handle file_;
};

}  // namespace eddy::events
