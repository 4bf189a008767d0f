#pragma once
// What pandas' DataFrame.to_hdf writes (through PyTables), read without Python.
//
// Fixed format: `axis0` holds the column names, `axis1` the row labels; the columns of equal type lie side by side in
// `blockN_values` (n_events, n_columns), named by `blockN_items`.
// Table format: one data set `table` of records. A data column is a field of its own; the other columns of equal type
// are one array field `values_block_N`. The attribute `FIELD_kind` holds the names of a field's columns as a pickled
// list.

#include <eddy/events/hdf5_tables.hpp>

#include <string>

namespace eddy::events {

/// True for a group that pandas wrote (a frame or a series, fixed or table).
[[nodiscard]] bool is_pandas_group(const IsolatedHdf5File& file, const std::string& group);

/// The frame in `group`, columns in the frame's order; `problem` says why when it cannot be read (a series, several
/// levels of column names, pickled objects).
[[nodiscard]] Hdf5Table pandas_table(const IsolatedHdf5File& file, const std::string& group);

}  // namespace eddy::events
