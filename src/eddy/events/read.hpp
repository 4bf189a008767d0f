#pragma once

#include <eddy/events/events.hpp>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace eddy::events {

/// Where events are: a file and, for HDF5 and .npz, a group or array inside it (for IDX images: the file of their
/// labels). Written "path" or "path:group".
struct Location {
  std::string path;
  std::string group;
};

/// Splits "path:group". A text that exists as a whole is a path; else the group follows the last ':' before which an
/// existing file stands, or simply the last ':'. The group "/" means the root of a HDF5 file, without its subgroups.
[[nodiscard]] Location parse_location(const std::string& text);

struct ReadOptions {
  /// Only these columns are read; empty: all. A missing one is an InputError that lists what exists.
  std::vector<std::string> wanted = {};
  /// Names of the columns of a 2-D array (.npy, .npz, HDF5 2-D data set), in order; must match its width.
  std::vector<std::string> array_columns = {};
  /// Columns whose numbers are held as the file has them. All others become float32, which is all that features need.
  std::set<std::string> exact = {};
  /// Why the file must not have a column of this name (what follows "has a column 'name', "), or an empty text. Asked
  /// about each column of the file, wanted or not.
  std::function<std::string(const std::string& name)> refusal = {};
};

/// Reads events; the format is recognised by content, not by the file name: eddy/h5py columns (one 1-D dataset per
/// column, attribute `units`), pandas fixed and table format (Blosc included, integer column names become "0", "1",
/// ...), 2-D HDF5 data sets and data sets of records, .npy, .npz, IDX (MNIST) plain or by gzip, CSV with a header line.
/// When no group is named, the file must hold exactly one table. Columns of HDF5 and numpy files that hold no numbers
/// (texts, times) are not part of the table; asking for one is an error. Values that are not kept exact become the
/// nearest float32, those beyond its range infinite (an error in CSV). Throws IoError (missing, truncated, unreadable
/// file; missing compression filter, named) and InputError (missing column, unknown format, array width against
/// `array_columns`, ambiguous group, with the choices listed).
[[nodiscard]] Events read_events(const Location& location, const ReadOptions& options = {});

/// The files beside location.path that hold values of the wanted columns: those behind virtual data sets, external
/// storage and external links of HDF5, and the labels of IDX images. Throws as read_events does.
[[nodiscard]] std::vector<std::string> files_behind(const Location& location, const ReadOptions& options = {});

/// SHA-256 digests, in hexadecimal digits, of what a table was read from.
struct EventDigests {
  std::string file;                 ///< of the file itself
  std::vector<std::string> others;  ///< of those that files_behind names: with other columns, they may be others
  /// One digest of all: that of the file itself where there are no others.
  [[nodiscard]] std::string all() const;
};
[[nodiscard]] EventDigests digests_of_events(const Location& location, const ReadOptions& options = {});

/// All of them in one.
[[nodiscard]] std::string sha256_of_events(const Location& location, const ReadOptions& options = {});

/// Names of the columns of a file and the number of events, without reading the values where the format allows it.
struct FileSummary {
  std::string format;
  std::size_t n_events = 0;
  std::vector<std::string> columns;
};
[[nodiscard]] FileSummary summarise_file(const Location& location, const ReadOptions& options = {});

}  // namespace eddy::events
