#include <eddy/base/error.hpp>
#include <eddy/events/zip.hpp>

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;

constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64LocatorSignature = 0x07064b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kEntrySignature = 0x02014b50;
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64LocatorSize = 20;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kEntrySize = 46;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kMaxComment = 65535;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // the true number is in the zip64 part
constexpr std::uint64_t kMaxDirectory = std::uint64_t{64} << 20;
constexpr std::size_t kInputBlock = std::size_t{256} << 10;
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // zlib's documentation: no stream expands further

[[noreturn]] void throw_damaged_archive(const std::string& path, const std::string& what) {
  throw IoError(fmt::format("'{}' is a truncated or damaged .npz archive: {}; copy or write it again", path, what));
}

/// Little-endian numbers in a piece of the archive, with bounds.
class Record {
 public:
  Record(const std::string& path, std::string_view bytes) : path_(path), bytes_(bytes) {}

  template <class T>
  [[nodiscard]] T number(std::size_t at) const {
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(text(at, sizeof(T))[i]);
    }
    return static_cast<T>(value);
  }

  [[nodiscard]] std::string_view text(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) {
      throw_damaged_archive(path_, "an entry is cut");
    }
    return bytes_.substr(at, size);
  }

 private:
  const std::string& path_;
  std::string_view bytes_;
};

std::string read_part(const std::string& path, std::uint64_t first, std::uint64_t size) {
  const std::uint64_t whole = std::filesystem::file_size(path);
  if (first > whole || size > whole - first) {
    throw_damaged_archive(path, "a part lies behind its end");
  }
  std::string part(size, '\0');
  FileSource(path, first, size).read(std::as_writable_bytes(std::span(part)));
  return part;
}

struct Directory {
  std::uint64_t offset;
  std::uint64_t size;
};

/// The zip64 end record, when its locator stands right before the end record at `end`.
std::optional<Directory> find_directory64(const std::string& path, std::uint64_t end) {
  if (end < kEnd64LocatorSize) {
    return std::nullopt;
  }
  const std::string locator = read_part(path, end - kEnd64LocatorSize, kEnd64LocatorSize);
  if (Record(path, locator).number<std::uint32_t>(0) != kEnd64LocatorSignature) {
    return std::nullopt;
  }
  const std::string part = read_part(path, Record(path, locator).number<std::uint64_t>(8), kEnd64Size);
  const Record record(path, part);
  if (record.number<std::uint32_t>(0) != kEnd64Signature) {
    throw_damaged_archive(path, "its zip64 directory is missing");
  }
  return Directory{record.number<std::uint64_t>(48), record.number<std::uint64_t>(40)};
}

Directory find_directory(const std::string& path) {
  const std::uint64_t size = std::filesystem::file_size(path);
  const std::uint64_t tail_size = std::min<std::uint64_t>(size, kEndSize + kMaxComment);
  const std::string tail = read_part(path, size - tail_size, tail_size);
  for (std::size_t at = tail.size() < kEndSize ? 0 : tail.size() - kEndSize + 1; at-- > 0;) {
    const Record record(path, std::string_view(tail).substr(at));
    if (record.number<std::uint32_t>(0) == kEndSignature &&
        record.number<std::uint16_t>(20) + kEndSize == tail.size() - at) {
      const Directory directory{record.number<std::uint32_t>(16), record.number<std::uint32_t>(12)};
      return find_directory64(path, size - tail_size + at).value_or(directory);
    }
  }
  throw_damaged_archive(path, "its directory, which stands at the end, is missing");
}

/// Replaces the fields that say "see zip64" by the numbers in the extra field, which come in this order.
void apply_zip64(const Record& extra, std::size_t extra_size, ZipMember& member) {
  for (std::size_t at = 0; at + 4 <= extra_size;) {
    const std::size_t size = extra.number<std::uint16_t>(at + 2);
    std::size_t next = at + 4;
    if (extra.number<std::uint16_t>(at) == 1) {
      for (std::uint64_t* value : {&member.size, &member.compressed_size, &member.header_offset}) {
        if (*value == kIn64) {
          *value = extra.number<std::uint64_t>(next);
          next += sizeof(std::uint64_t);
        }
      }
      return;
    }
    at += 4 + size;
  }
}

/// Reads the entry at `at` of the directory and moves `at` behind it.
ZipMember read_entry(const std::string& path, const std::string& directory, std::size_t& at) {
  const Record entry(path, std::string_view(directory).substr(at));
  if (entry.number<std::uint32_t>(0) != kEntrySignature) {
    throw_damaged_archive(path, "its directory has a broken entry");
  }
  const std::size_t name_size = entry.number<std::uint16_t>(28);
  const std::size_t extra_size = entry.number<std::uint16_t>(30);
  ZipMember member;
  member.name = entry.text(kEntrySize, name_size);
  member.method = entry.number<std::uint16_t>(10);
  member.crc = entry.number<std::uint32_t>(16);
  member.compressed_size = entry.number<std::uint32_t>(20);
  member.size = entry.number<std::uint32_t>(24);
  member.header_offset = entry.number<std::uint32_t>(42);
  apply_zip64(Record(path, entry.text(kEntrySize + name_size, extra_size)), extra_size, member);
  if ((entry.number<std::uint16_t>(8) & 1) != 0 || (member.method != kStored && member.method != kDeflated)) {
    throw InputError(
        fmt::format("member '{}' of '{}' is encrypted or compressed by method {}; write it with numpy.savez or "
                    "savez_compressed",
                    member.name, path, member.method));
  }
  at += kEntrySize + name_size + extra_size + entry.number<std::uint16_t>(32);
  return member;
}

/// Throws before memory is asked for when the sizes cannot be true.
void require_plausible(const std::string& path, const ZipMember& member) {
  const bool stored_differs = member.method == kStored && member.size != member.compressed_size;
  if (stored_differs || member.size / kMaxDeflateRatio > member.compressed_size) {
    throw_damaged_archive(path, fmt::format("the sizes of its member '{}' contradict each other", member.name));
  }
}

/// A stream of zlib's raw inflate.
class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }
  [[nodiscard]] z_stream* stream() { return ready_ ? &stream_ : nullptr; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

unsigned char* as_zlib_bytes(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast): a C interface
}

/// The decompressed bytes of one member.
class ZipSource final : public ByteSource {
 public:
  ZipSource(std::string path, ZipMember member, std::uint64_t first)
      : path_(std::move(path)),
        member_(std::move(member)),
        input_(path_, first, member_.compressed_size),
        remaining_(member_.size) {
    check_end();
  }

  void read(std::span<std::byte> out) override {
    if (out.size() > remaining_) {
      throw_damaged_archive(path_, fmt::format("member '{}' ends too early", member_.name));
    }
    constexpr std::size_t kStep = std::size_t{1} << 30;  // zlib counts in 32 bits
    while (!out.empty()) {
      const std::span<std::byte> step = out.first(std::min(out.size(), kStep));
      fill(step);
      crc_ = ::crc32(crc_, as_zlib_bytes(step.data()), static_cast<uInt>(step.size()));
      remaining_ -= step.size();
      out = out.subspan(step.size());
    }
    check_end();
  }

  void skip(std::uint64_t n) override {
    std::vector<std::byte> unused(std::min<std::uint64_t>(n, kInputBlock));
    for (std::uint64_t left = n; left > 0;) {
      const std::size_t step = std::min<std::uint64_t>(left, unused.size());
      read(std::span(unused).first(step));
      left -= step;
    }
  }

  [[nodiscard]] std::uint64_t remaining() const override { return remaining_; }

 private:
  void fill(std::span<std::byte> out) {
    if (member_.method == kStored) {
      input_.read(out);
    } else {
      inflate_into(out);
    }
  }

  void inflate_into(std::span<std::byte> out) {
    z_stream* const stream = inflater_.stream();
    if (stream == nullptr) {
      throw IoError(fmt::format("cannot decompress '{}': zlib found no memory; free some", path_));
    }
    stream->next_out = as_zlib_bytes(out.data());
    stream->avail_out = static_cast<uInt>(out.size());
    while (stream->avail_out > 0) {
      if (stream->avail_in == 0) {
        refill(*stream);
      }
      const int status = ::inflate(stream, Z_NO_FLUSH);
      if (status != Z_OK && !(status == Z_STREAM_END && stream->avail_out == 0)) {
        throw_damaged_archive(path_, fmt::format("member '{}' cannot be decompressed", member_.name));
      }
    }
  }

  void refill(z_stream& stream) {
    const std::size_t n = std::min<std::uint64_t>(block_.size(), input_.remaining());
    input_.read(std::span(block_).first(n));
    stream.next_in = as_zlib_bytes(block_.data());
    stream.avail_in = static_cast<uInt>(n);  // 0 makes inflate report the early end
  }

  void check_end() const {
    if (remaining_ == 0 && crc_ != member_.crc) {
      throw_damaged_archive(path_, fmt::format("the checksum of member '{}' is wrong", member_.name));
    }
  }

  std::string path_;
  ZipMember member_;
  FileSource input_;
  std::uint64_t remaining_;
  uLong crc_ = 0;
  Inflater inflater_;
  std::vector<std::byte> block_ = std::vector<std::byte>(kInputBlock);
};

}  // namespace

std::vector<ZipMember> list_zip(const std::string& path) {
  const Directory place = find_directory(path);
  if (place.size > kMaxDirectory) {
    throw_damaged_archive(path, fmt::format("its directory claims {} bytes", place.size));
  }
  const std::string directory = read_part(path, place.offset, place.size);
  std::vector<ZipMember> members;
  std::uint64_t left = std::filesystem::file_size(path);
  for (std::size_t at = 0; at < directory.size();) {
    members.push_back(read_entry(path, directory, at));
    require_plausible(path, members.back());
    if (members.back().compressed_size > left) {  // members that share their bytes unpack to any size
      throw_damaged_archive(path, "its members have more bytes than the archive");
    }
    left -= members.back().compressed_size;
  }
  return members;
}

std::unique_ptr<ByteSource> open_zip_member(const std::string& path, const ZipMember& member) {
  const std::string part = read_part(path, member.header_offset, kLocalSize);
  const Record local(path, part);
  if (local.number<std::uint32_t>(0) != kLocalSignature) {
    throw_damaged_archive(path, fmt::format("member '{}' has lost its header", member.name));
  }
  const std::uint64_t first =
      member.header_offset + kLocalSize + local.number<std::uint16_t>(26) + local.number<std::uint16_t>(28);
  const std::uint64_t whole = std::filesystem::file_size(path);
  if (first > whole || member.compressed_size > whole - first) {
    throw_damaged_archive(path, fmt::format("member '{}' lies behind its end", member.name));
  }
  return std::make_unique<ZipSource>(path, member, first);
}

}  // namespace eddy::events
