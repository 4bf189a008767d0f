#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_chunks.hpp>
#include <eddy/events/hdf5_handle.hpp>

#include <fmt/format.h>
#include <hdf5.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <optional>
#include <vector>

namespace eddy::events {
namespace {

using base::IoError;
using Extents = std::array<hsize_t, H5S_MAX_RANK>;

constexpr double kMaxRatio = 1032;  // zlib's documentation: no stream expands further; Blosc's limit is below

/// A filter of the pipeline, with the first of its numbers.
struct Filter {
  H5Z_filter_t id;
  unsigned number;
};

std::vector<Filter> filters_of(hid_t creation) {
  std::vector<Filter> filters;
  const int n = H5Pget_nfilters(creation);
  for (int i = 0; i < n; ++i) {
    unsigned flags = 0;
    std::array<unsigned, 16> numbers{};
    std::size_t n_numbers = numbers.size();
    const H5Z_filter_t id =
        H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &n_numbers, numbers.data(), 0, nullptr, nullptr);
    filters.push_back({id, numbers[0]});
  }
  return filters;
}

bool has_filter(const std::vector<Filter>& filters, H5Z_filter_t id) {
  return std::ranges::find(filters, id, &Filter::id) != filters.end();
}

/// Shape of a data set and of its chunks.
struct Grid {
  int rank = 0;
  Extents dims{}, chunk{};

  [[nodiscard]] double n_chunks() const {
    double n = 1;
    for (int d = 0; d < rank; ++d) {
      const auto along = (dims[d] - 1) / chunk[d] + 1;
      n *= static_cast<double>(along);
    }
    return n;
  }
  /// Moves `offset` to the next chunk, the last dimension fastest; false behind the last one.
  [[nodiscard]] bool next(Extents& offset) const {
    for (int d = rank - 1; d >= 0; --d) {
      if (dims[d] - offset[d] > chunk[d]) {
        offset[d] += chunk[d];
        return true;
      }
      offset[d] = 0;
    }
    return false;
  }
};

Grid grid_of(const ChunkedValues& values) {
  Grid grid;
  grid.rank = H5Sget_simple_extent_dims(values.space, grid.dims.data(), nullptr);
  const bool same = grid.rank >= 1 && H5Pget_chunk(values.creation, H5S_MAX_RANK, grid.chunk.data()) == grid.rank;
  if (!same || std::any_of(grid.chunk.begin(), grid.chunk.begin() + grid.rank, [](hsize_t n) { return n == 0; })) {
    throw_damaged_values(values.where, "its shape and that of its chunks contradict each other");
  }
  return grid;
}

/// Bytes that are stored for the chunk at `offset`; 0 when it does not exist.
std::uint64_t stored_bytes(const ChunkedValues& values, const Extents& offset) {
  hsize_t bytes = 0;
  return H5Dget_chunk_storage_size(values.dataset, offset.data(), &bytes) >= 0 ? bytes : 0;
}

/// Bytes in all chunks of the grid.
std::uint64_t require_each_chunk(const ChunkedValues& values, const Grid& grid) {
  std::uint64_t stored = 0;
  Extents offset{};
  for (bool more = true; more; more = grid.next(offset)) {
    const std::uint64_t bytes = stored_bytes(values, offset);
    if (bytes == 0 && !values.may_lack_chunks) {
      throw IoError(fmt::format("values of {} were never written, those from ({}) on; {}", values.where,
                                fmt::join(offset.begin(), offset.begin() + grid.rank, ", "), kStoppedEarly));
    }
    if (bytes > values.file_bytes) {
      throw_damaged_values(values.where,
                           fmt::format("a chunk of it has {} bytes, the whole file {}", bytes, values.file_bytes));
    }
    stored += bytes;
  }
  return stored;
}

void require_no_other_chunk(const ChunkedValues& values, const Grid& grid) {
  const Hdf5Handle all(H5Dget_space(values.dataset), H5Sclose);
  hsize_t n = 0;
  if (H5Dget_num_chunks(values.dataset, all.get(), &n) >= 0 && static_cast<double>(n) > grid.n_chunks()) {
    throw_damaged_values(values.where, fmt::format("it has {} chunks where its shape has {}", n, grid.n_chunks()));
  }
}

/// Bytes that a zlib stream unpacks to, as far as `limit`; nothing when it is damaged.
std::optional<std::uint64_t> unpacked_bytes(std::vector<unsigned char>& packed, std::uint64_t limit) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) {
    return std::nullopt;
  }
  std::vector<unsigned char> out(std::size_t{1} << 16);
  std::uint64_t n = 0;
  int status = Z_OK;
  stream.next_in = packed.data();
  stream.avail_in = static_cast<uInt>(packed.size());
  while (status == Z_OK && n <= limit) {
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    status = inflate(&stream, Z_NO_FLUSH);
    n += out.size() - stream.avail_out;
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END || n > limit ? std::optional(n) : std::nullopt;
}

/// Blosc's header says it in bytes 4 to 7.
std::optional<std::uint64_t> blosc_bytes(const std::vector<unsigned char>& packed) {
  constexpr std::size_t kHeader = 16;
  return packed.size() < kHeader ? std::nullopt
                                 : std::optional<std::uint64_t>(packed[4] | packed[5] << 8 | packed[6] << 16 |
                                                                static_cast<std::uint64_t>(packed[7]) << 24);
}

/// Bytes that the filters give back for the chunk `packed`; nothing when there is a filter that cannot be followed.
std::optional<std::uint64_t> bytes_after(const std::vector<Filter>& filters, unsigned skipped,
                                         std::vector<unsigned char> packed, std::uint64_t expected) {
  for (std::size_t i = filters.size(); i-- > 0;) {
    if ((skipped >> i & 1U) != 0 || filters[i].id == H5Z_FILTER_SHUFFLE) {
      continue;
    }
    if (filters[i].id == H5Z_FILTER_FLETCHER32) {
      packed.resize(packed.size() - std::min<std::size_t>(packed.size(), 4));
      continue;
    }
    // What stands before compression in the pipeline, a shuffle, keeps the size.
    return filters[i].id == H5Z_FILTER_DEFLATE ? unpacked_bytes(packed, expected).value_or(0)
           : filters[i].id == kBloscFilter     ? blosc_bytes(packed)
                                               : std::nullopt;
  }
  return packed.size();
}

/// The shape of the chunks is the same for all, so one tells whether it is right.
void require_chunk_size(const ChunkedValues& values, const Grid& grid, const std::vector<Filter>& filters) {
  const std::uint64_t expected = std::accumulate(grid.chunk.begin(), grid.chunk.begin() + grid.rank, values.value_bytes,
                                                 std::multiplies<>());  // libhdf5 keeps it below 4 GiB
  Extents offset{};
  unsigned skipped = 0;
  haddr_t address = HADDR_UNDEF;
  hsize_t bytes = 0;
  if (H5Dget_chunk_info(values.dataset, values.space, 0, offset.data(), &skipped, &address, &bytes) < 0 || bytes == 0 ||
      bytes > values.file_bytes) {
    return;  // there is no first chunk: all is fill value
  }
  if (filters.empty() && bytes != expected) {  // damage took the filters away: the values are compressed
    throw_damaged_values(values.where, fmt::format("a chunk of it has {} bytes instead of {}", bytes, expected));
  }
  std::vector<unsigned char> packed(bytes);
  std::uint32_t mask = 0;
  if (filters.empty() || H5Dread_chunk(values.dataset, H5P_DEFAULT, offset.data(), &mask, packed.data()) < 0) {
    return;
  }
  const std::optional<std::uint64_t> unpacked = bytes_after(filters, mask, std::move(packed), expected);
  if (unpacked && *unpacked != expected) {
    throw_damaged_values(values.where,
                         fmt::format("a chunk of it unpacks to {} bytes instead of {}",
                                     *unpacked > expected ? "more" : std::to_string(*unpacked), expected));
  }
}

void require_filters(const ChunkedValues& values, const std::vector<Filter>& filters) {
  for (const Filter& filter : filters) {
    if (filter.id == H5Z_FILTER_SHUFFLE && filter.number != values.value_bytes) {
      throw_damaged_values(values.where, fmt::format("its bytes are shuffled for values of {} bytes, but they have {}",
                                                     filter.number, values.value_bytes));
    }
  }
}

}  // namespace

void throw_damaged_values(const std::string& where, const std::string& what) {
  throw IoError(fmt::format("{} is damaged or cut: {}; copy or write the file again", where, what));
}

void require_chunks(const ChunkedValues& values) {
  const Grid grid = grid_of(values);
  const std::vector<Filter> filters = filters_of(values.creation);
  require_filters(values, filters);
  const std::uint64_t stored = require_each_chunk(values, grid);
  require_no_other_chunk(values, grid);
  const double ratio = static_cast<double>(values.n_values) * static_cast<double>(values.value_bytes) /
                       std::max(static_cast<double>(stored), 1.0);
  const bool in_few_bits = has_filter(filters, H5Z_FILTER_SCALEOFFSET) || has_filter(filters, H5Z_FILTER_NBIT);
  if (ratio > (filters.empty() ? 1 : kMaxRatio) && !values.may_lack_chunks && !in_few_bits) {
    throw_damaged_values(values.where, fmt::format("{} bytes cannot hold its {} values", stored, values.n_values));
  }
  require_chunk_size(values, grid, filters);
}

}  // namespace eddy::events
