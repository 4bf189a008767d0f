#pragma once
// Virtual data sets: data sets that are put together from parts of others.

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::events {

/// A data set that a virtual one shows a part of.
struct VirtualSource {
  std::string file;  ///< found where libhdf5 would find it
  std::string dataset;
  std::vector<std::size_t> needed_shape;  ///< its least extent that holds the part; empty: all of it is shown
  std::uint64_t n_values = 0;             ///< of the part
};

/// The sources of the open virtual `dataset` of `file`, which messages call `where`, each file found. Throws IoError
/// that names a file which is missing, and InputError when sources leave gaps, are numbered by a pattern or may grow.
[[nodiscard]] std::vector<VirtualSource> virtual_sources(std::int64_t dataset, const std::string& file,
                                                         const std::string& where);

/// Throws IoError when the open data set of `source` is smaller than the part that the virtual one `where` shows.
void require_extent(std::int64_t dataset, const VirtualSource& source, const std::string& where);

}  // namespace eddy::events
