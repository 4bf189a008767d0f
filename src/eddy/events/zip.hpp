#pragma once
// Reading zip archives as numpy.savez writes them: members stored or deflated, with zip64 sizes (APPNOTE 6.3, PKWARE).

#include <eddy/events/byte_source.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace eddy::events {

/// One member as the archive's central directory describes it.
struct ZipMember {
  std::string name;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflated
  std::uint32_t crc = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t header_offset = 0;
};

/// The members of an archive, in its order. Throws IoError when the archive is truncated or damaged, InputError when it
/// is encrypted or uses another compression.
[[nodiscard]] std::vector<ZipMember> list_zip(const std::string& path);

/// The decompressed bytes of a member. Its checksum is compared once the last byte has been read.
[[nodiscard]] std::unique_ptr<ByteSource> open_zip_member(const std::string& path, const ZipMember& member);

}  // namespace eddy::events
