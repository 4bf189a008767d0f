#pragma once

#include <span>
#include <string>
#include <string_view>

namespace eddy::base {

/// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view bytes);

/// SHA-256 of the raw bytes of `values`.
[[nodiscard]] std::string sha256(std::span<const float> values);

/// SHA-256 of a file's content, read in blocks. Throws IoError when it cannot be read.
[[nodiscard]] std::string sha256_of_file(const std::string& path);

}  // namespace eddy::base
