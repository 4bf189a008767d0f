#include <eddy/base/error.hpp>
#include <eddy/exchange/archive.hpp>

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace eddy::exchange {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kLongestName = 99;

/// The header of one file: fields at fixed places, numbers in octal (POSIX.1-1988, ustar).
std::string tar_header(const std::string& name, std::size_t size) {
  if (name.size() > kLongestName) {
    throw base::InputError(
        fmt::format("the name '{}' is too long for an archive: {} bytes at most", name, kLongestName));
  }
  std::string header(kBlock, '\0');
  const auto put = [&](std::size_t place, const std::string& text) { header.replace(place, text.size(), text); };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", size));
  put(136, "00000000000");
  put(148, "        ");  // the checksum counts itself as spaces
  put(156, "0");
  put(257, std::string("ustar\00000", 8));
  const unsigned sum = std::accumulate(header.begin(), header.end(), 0U,
                                       [](unsigned total, char c) { return total + static_cast<unsigned char>(c); });
  put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  constexpr int kMemory = 8;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw base::Error("zlib cannot compress: there is not enough memory");
  }
  std::string compressed(deflateBound(&stream, bytes.size()), '\0');
  std::string input = bytes;  // zlib takes no constant pointer
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const int state = deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  if (state != Z_STREAM_END) {
    throw base::Error(fmt::format("zlib did not finish an archive of {} bytes", bytes.size()));
  }
  return compressed;
}

}  // namespace

std::string gzipped_tar(const ExportFiles& files) {
  std::string tar;
  for (const auto& [name, content] : files) {
    tar += tar_header(name, content.size()) + content;
    tar.resize((tar.size() + kBlock - 1) / kBlock * kBlock);
  }
  tar.resize(tar.size() + 2 * kBlock);
  return gzipped(tar);
}

}  // namespace eddy::exchange
