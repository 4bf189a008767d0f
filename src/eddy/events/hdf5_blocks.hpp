#pragma once

#include <eddy/events/hdf5_tables.hpp>

#include <span>
#include <vector>

namespace eddy::events {

/// The values of `columns`, each in the type it asks for, wherever in `file` they lie. Each data set is passed once (of
/// records: once for each type), in blocks of a few megabytes aligned with its chunks, so that no chunk is decompressed
/// twice and little memory is needed beside the result.
[[nodiscard]] std::vector<ColumnValues> read_hdf5_columns(const Hdf5File& file, std::span<const Hdf5Column> columns);

}  // namespace eddy::events
