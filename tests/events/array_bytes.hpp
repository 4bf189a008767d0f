#pragma once
// Files of numpy, byte by byte: what numpy.save and numpy.savez write, and what they never would.

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::test {

/// The `size` low bytes of a number, little endian.
inline std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  }
  return bytes;
}

template <class T>
std::string raw_bytes(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A .npy file with the header `dictionary`.
inline std::string npy_with_header(const std::string& dictionary, const std::string& values, int version = 1) {
  return "\x93NUMPY" + std::string{static_cast<char>(version), '\0'} +
         little_endian(dictionary.size(), version == 1 ? 2 : 4) + dictionary + values;
}

/// A .npy file of one type; `shape` such as "(3,)".
inline std::string npy(const std::string& descr, const std::string& shape, const std::string& values,
                       bool column_major = false) {
  return npy_with_header(
      "{'descr': " + descr + ", 'fortran_order': " + (column_major ? "True" : "False") + ", 'shape': " + shape + ", }",
      values);
}

/// A member of a zip archive; what is -1 is what it should be.
struct ZipEntry {
  std::string name;
  std::string bytes;
  bool deflated = false;
  std::uint16_t flags = 0;
  int method = -1;
  std::int64_t size = -1, compressed_size = -1, offset = -1;
  std::string extra = {};          ///< in the directory
  std::string local_extra = "ab";  ///< two bytes that have to be passed over
};

/// The raw deflate stream of `bytes`.
inline std::string deflated(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib does not start");
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  std::string in = bytes;
  stream.next_in = reinterpret_cast<unsigned char*>(in.data());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out =
      reinterpret_cast<unsigned char*>(out.data());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  stream.avail_out = static_cast<uInt>(out.size());
  if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) {
    throw std::runtime_error("zlib does not end");
  }
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// A zip archive of `entries` with a comment at its end.
inline std::string zip(const std::vector<ZipEntry>& entries, const std::string& comment = {}) {
  std::string archive;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string stored = entry.deflated ? deflated(entry.bytes) : entry.bytes;
    const auto or_else = [](std::int64_t given, std::uint64_t right) {
      return given < 0 ? right : static_cast<std::uint64_t>(given);
    };
    std::string crc_input = entry.bytes;
    const auto* const first =
        reinterpret_cast<unsigned char*>(crc_input.data());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
    const std::uint64_t crc = ::crc32(0, first, static_cast<uInt>(crc_input.size()));
    const std::string common = little_endian(20, 2) + little_endian(entry.flags, 2) +
                               little_endian(or_else(entry.method, entry.deflated ? 8 : 0), 2) + little_endian(0, 4) +
                               little_endian(crc, 4) + little_endian(or_else(entry.compressed_size, stored.size()), 4) +
                               little_endian(or_else(entry.size, entry.bytes.size()), 4) +
                               little_endian(entry.name.size(), 2);
    directory += little_endian(0x02014b50, 4) + little_endian(20, 2) + common + little_endian(entry.extra.size(), 2) +
                 std::string(10, '\0') + little_endian(or_else(entry.offset, archive.size()), 4) + entry.name +
                 entry.extra;
    archive += little_endian(0x04034b50, 4) + common + little_endian(entry.local_extra.size(), 2) + entry.name +
               entry.local_extra + stored;
  }
  return archive + directory + little_endian(0x06054b50, 4) + std::string(4, '\0') + little_endian(entries.size(), 2) +
         little_endian(entries.size(), 2) + little_endian(directory.size(), 4) + little_endian(archive.size(), 4) +
         little_endian(comment.size(), 2) + comment;
}

}  // namespace eddy::test
