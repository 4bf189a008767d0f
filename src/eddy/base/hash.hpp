#pragma once

#include <eddy/base/matrix.hpp>

#include <span>
#include <string>
#include <string_view>

namespace eddy::base {

/// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view bytes);

/// SHA-256 of the raw bytes of `values`.
[[nodiscard]] std::string sha256(std::span<const float> values);

/// SHA-256 of the shape and the raw bytes of `matrix`, row after row.
[[nodiscard]] std::string sha256(MatrixView matrix);

/// SHA-256 of a file's content, read in blocks. Throws IoError when it cannot be read.
[[nodiscard]] std::string sha256_of_file(const std::string& path);

}  // namespace eddy::base
