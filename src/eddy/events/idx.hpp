#pragma once
// IDX files, plain or compressed by gzip: the format of MNIST (Y. LeCun, C. Cortes, "The MNIST database of handwritten
// digits"). Two zero bytes, the type of the values, the number of dimensions, the extents as big-endian 32-bit numbers,
// then the values, the last dimension fastest.

#include <eddy/events/read.hpp>

#include <string_view>

namespace eddy::events {

/// Whether a file that begins with `start` may be one: by the magic of IDX, or that of gzip.
[[nodiscard]] bool is_idx(std::string_view start);

/// The first dimension counts events. One dimension is the column "label"; of more, value k of an event is column "pk":
/// p0 ... p783 for images of 28 x 28, row by row, unscaled. Other names may be given as `array_columns`. A group names
/// the labels of the images, an IDX file of one dimension and as many events in the same folder, as one more column
/// "label": "t10k-images-idx3-ubyte.gz:t10k-labels-idx1-ubyte.gz". Throws IoError for a truncated or damaged file or
/// one that gzip holds and is not IDX; InputError for labels that do not fit the images, and as array files do.
[[nodiscard]] Events read_idx(const Location& location, const ReadOptions& options);
/// The file of the labels, when location.group names one.
[[nodiscard]] std::vector<std::string> idx_files_behind(const Location& location, const ReadOptions& options);

[[nodiscard]] FileSummary summarise_idx(const Location& location, const ReadOptions& options);

}  // namespace eddy::events
