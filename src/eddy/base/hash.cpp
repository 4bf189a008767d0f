#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/hash.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

namespace eddy::base {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(const void* data, std::size_t size) { EVP_DigestUpdate(context_.get(), data, size); }
  [[nodiscard]] std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
      text += fmt::format("{:02x}", digest[i]);
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes.data(), bytes.size());
  return hash.hex();
}

std::string sha256(std::span<const float> values) {
  const CpuScope scope(CpuStage::kKeys);
  Sha256 hash;
  hash.add(values.data(), values.size_bytes());
  return hash.hex();
}

std::string sha256(MatrixView matrix) {
  const CpuScope scope(CpuStage::kKeys);
  Sha256 hash;
  const std::array<std::uint64_t, 2> shape = {matrix.rows, matrix.cols};
  hash.add(shape.data(), sizeof(shape));
  for (std::size_t r = 0; r < matrix.rows; ++r) {
    hash.add(matrix.row(r).data(), matrix.row(r).size_bytes());
  }
  return hash.hex();
}

std::string sha256_of_file(const std::string& path) {
  require_no_stream(path);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  Sha256 hash;
  std::vector<char> buffer(1U << 20U);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0) {
    hash.add(buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {  // bad: a folder, or the disk failed on the way
    throw IoError(fmt::format("cannot read '{}': {}; check the path and its permissions", path, std::strerror(errno)));
  }
  return hash.hex();
}

}  // namespace eddy::base
