#pragma once

#include <eddy/events/hdf5_tables.hpp>

#include <span>
#include <string>
#include <vector>

namespace eddy::events {

/// The files beside `file` that hold values of `columns`, each once. Throws IoError unless all values are there, and
/// InputError when they are more than the files can hold (memory_budget.hpp), so that memory can be taken for them.
[[nodiscard]] std::vector<std::string> files_of(const IsolatedHdf5File& file, std::span<const Hdf5Column> columns);

/// The values of `columns`, each in the type it asks for, wherever in `file` they lie. Each data set is passed once (of
/// records: once for each type), in blocks of a few megabytes aligned with its chunks, so that no chunk is decompressed
/// twice and little memory is needed beside the result.
[[nodiscard]] std::vector<ColumnValues> read_hdf5_columns(const IsolatedHdf5File& file,
                                                          std::span<const Hdf5Column> columns);

}  // namespace eddy::events
