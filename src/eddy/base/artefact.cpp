#include <eddy/base/artefact.hpp>
#include <eddy/base/artefact_bytes.hpp>
#include <eddy/base/cbor_depth.hpp>
#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/json.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <cstring>
#include <string_view>

namespace eddy::base {
namespace {

static_assert(std::endian::native == std::endian::little, "artefacts store little-endian numbers");

constexpr std::string_view kMagic = "eddy-artefact-1\n";
constexpr std::size_t kHashDigits = 64;

/// The CBOR payload when the file is whole, else an empty view.
std::string_view checked_payload(std::string_view content) {
  if (content.size() <= kMagic.size() + kHashDigits || !content.starts_with(kMagic)) {
    return {};
  }
  const std::string_view hash = content.substr(kMagic.size(), kHashDigits);
  const std::string_view payload = content.substr(kMagic.size() + kHashDigits);
  return sha256(payload) == hash ? payload : std::string_view{};
}

}  // namespace

std::string artefact_bytes(const Json& document) {
  const CpuScope scope(CpuStage::kKeys);
  const std::vector<std::uint8_t> cbor = Json::to_cbor(document);
  const std::string_view payload(reinterpret_cast<const char*>(cbor.data()), cbor.size());
  std::string content;
  content.reserve(kMagic.size() + kHashDigits + payload.size());
  content.append(kMagic).append(sha256(payload)).append(payload);
  return content;
}

Json document_of_artefact(std::string_view bytes, const std::string& shown) {
  const CpuScope scope(CpuStage::kKeys);
  const std::string_view payload = checked_payload(bytes);
  if (payload.empty()) {
    throw IoError(
        fmt::format("{} is not a complete eddy artefact (truncated or altered); delete it and run again", shown));
  }
  const std::string other =
      fmt::format("{} holds something else than an eddy artefact; delete it and run again", shown);
  if (is_cbor_deeper_than(payload, kDeepestDocument)) {
    throw IoError(other);
  }
  try {
    return Json::from_cbor(payload);
  } catch (const Json::exception&) {
    throw IoError(other);
  }
}

void write_artefact(const std::string& path, const Json& document) { write_atomically(path, artefact_bytes(document)); }

Json read_artefact(const std::string& path) { return document_of_artefact(read_file(path), fmt::format("'{}'", path)); }

bool is_valid_artefact(const std::string& path) {
  try {
    return !checked_payload(read_file(path)).empty();
  } catch (const IoError&) {
    return false;
  }
}

std::size_t stored_size(const Json& document, const char* key, std::size_t smallest, std::size_t largest) {
  const auto size = document.at(key).get<std::size_t>();
  if (size < smallest || size > largest) {
    throw InputError(
        fmt::format("a model says {} = {} of itself, which must be {} to {}: its file is damaged; train it again", key,
                    size, smallest, largest));
  }
  return size;
}

std::vector<std::size_t> stored_widths(const Json& document, const char* key, std::size_t n_inputs,
                                       std::size_t n_parameters) {
  auto widths = document.at(key).get<std::vector<std::size_t>>();
  for (std::size_t before = n_inputs; const std::size_t width : widths) {
    if (width == 0 || width > n_parameters / before) {
      throw InputError(
          fmt::format("a model of {} parameters says {} = [{}] of itself: its file is damaged; train it again",
                      n_parameters, key, fmt::join(widths, ", ")));
    }
    before = width;
  }
  return widths;
}

Json pack_floats(std::span<const float> values) {
  std::vector<std::uint8_t> bytes(values.size_bytes());
  if (!bytes.empty()) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
  }
  return Json::binary(std::move(bytes));
}

std::vector<float> unpack_floats(const Json& packed) {
  const auto& bytes = packed.get_binary();
  if (bytes.size() % sizeof(float) != 0) {
    throw InputError(fmt::format("a list of numbers has {} bytes, no multiple of {}: its file is damaged", bytes.size(),
                                 sizeof(float)));
  }
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  }
  return values;
}

Json pack_bytes(std::string_view bytes) { return Json::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.end())); }

std::string unpack_bytes(const Json& packed) {
  const auto& bytes = packed.get_binary();
  return {bytes.begin(), bytes.end()};
}

}  // namespace eddy::base
