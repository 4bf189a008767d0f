#pragma once
// Data sets that are stored in chunks: whether each chunk is there, and holds what the shape says.

#include <cstdint>
#include <string>

namespace eddy::events {

/// What follows "values were never written", in messages.
inline constexpr const char* kStoppedEarly = "the program that wrote it probably stopped early, write the file again";

/// The number under which PyTables registered Blosc with the HDF Group.
inline constexpr int kBloscFilter = 32001;

/// Throws IoError that says `what` is damaged about the data set `where`.
[[noreturn]] void throw_damaged_values(const std::string& where, const std::string& what);

/// An open data set in chunks, of one value at least.
struct ChunkedValues {
  std::int64_t dataset, creation, space;  ///< identifiers of libhdf5
  std::uint64_t n_values;
  std::uint64_t value_bytes;
  std::uint64_t file_bytes;
  bool may_lack_chunks;  ///< a fill value stands for what was not written
  const std::string& where;
};

/// Throws IoError unless the index has every chunk of the shape and no other, each with a size that the file can have
/// and that can hold its values; of the first chunk the bytes are counted that it unpacks to, where gzip or Blosc
/// packed it. (libhdf5 reads behind the end of what a chunk unpacks to.)
void require_chunks(const ChunkedValues& values);

}  // namespace eddy::events
