#pragma once
// How much a file may ask for. A few bytes can claim any number of rows and columns, and a compressed file can unpack
// to a thousand times its size: the limits here are checked before memory is touched.

#include <cstddef>
#include <cstdint>
#include <string>

namespace eddy::events {

/// Most columns a table may have: more than the voxels of any simulated calorimeter. Reading takes some hundred bytes
/// for each, whatever the number of events.
inline constexpr std::size_t kMaxColumns = 100'000;

/// Throws InputError when `n_columns` is 0 or exceeds kMaxColumns; `where` names the file, quoted.
void require_column_count(const std::string& where, std::size_t n_columns);

/// Throws InputError when `n_columns` columns of `n_events` values take more memory than 256 MiB and 512 times the
/// `file_bytes` of the files that hold them: event data are compressed by factors of 2 to 50. `where` names the file,
/// quoted.
void require_affordable(const std::string& where, std::size_t n_events, std::size_t n_columns,
                        std::uint64_t file_bytes);

}  // namespace eddy::events
