#pragma once
// libhdf5 gives zeros, without a word, for values that are nowhere: never written, in a missing source of a virtual
// data set, behind the end of external storage. This is the check that all values of a data set are there.

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::events {

/// Opens the data set `path` of an open file. Its external storage, if it has any, is looked for where libhdf5 does (in
/// the current folder) and then beside the file; names that exist in both are an InputError. Negative when there is no
/// such data set.
[[nodiscard]] std::int64_t open_hdf5_dataset(std::int64_t file, const std::string& path);

/// Checks that every value of the open `dataset`, which messages call `where`, has been stored, in pieces that the
/// files can hold, and returns the files beside `file` that hold values: sources of a virtual data set, external
/// storage, the target of an external link. Values that were left out in favour of a fill value other than zero count
/// as stored. Throws IoError that names the data set and the missing file.
[[nodiscard]] std::vector<std::string> require_stored(std::int64_t dataset, const std::string& file,
                                                      const std::string& where);

}  // namespace eddy::events
