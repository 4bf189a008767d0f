#pragma once
// Artefacts: what a finished task leaves behind. One file holds one JSON document (arrays of numbers as binary values)
// in CBOR (RFC 8949), preceded by its SHA-256, so a damaged or half-written file is never mistaken for a result.

#include <eddy/base/json_fwd.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace eddy::base {

/// Writes `document` atomically to `path`. Throws IoError (folder missing, disk full).
void write_artefact(const std::string& path, const Json& document);

/// Reads it back. Throws IoError when the file is missing, truncated or altered.
[[nodiscard]] Json read_artefact(const std::string& path);

/// True when `path` holds a complete, undamaged artefact.
[[nodiscard]] bool is_valid_artefact(const std::string& path);

/// A size that a stored model says of itself, from `smallest` to `largest`. Throws InputError for any other: memory is
/// taken by it.
[[nodiscard]] std::size_t stored_size(const Json& document, const char* key, std::size_t smallest, std::size_t largest);

/// The widths of the layers that a stored network of `n_parameters` says of itself, whose first layer has `n_inputs`
/// inputs. Throws InputError where they cannot be: a layer has as many weights as it has units times those before.
[[nodiscard]] std::vector<std::size_t> stored_widths(const Json& document, const char* key, std::size_t n_inputs,
                                                     std::size_t n_parameters);

/// Arrays inside an artefact, as raw little-endian binary values. unpack_floats throws InputError where bytes are
/// missing.
[[nodiscard]] Json pack_floats(std::span<const float> values);
[[nodiscard]] std::vector<float> unpack_floats(const Json& packed);
[[nodiscard]] Json pack_bytes(std::string_view bytes);
[[nodiscard]] std::string unpack_bytes(const Json& packed);

}  // namespace eddy::base
