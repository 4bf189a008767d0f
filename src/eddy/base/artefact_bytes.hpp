#pragma once
// Artefacts without a file (artefact.hpp says what they are): for pickles.

#include <eddy/base/json_fwd.hpp>

#include <string>
#include <string_view>

namespace eddy::base {

/// What write_artefact writes.
[[nodiscard]] std::string artefact_bytes(const Json& document);

/// The document of such bytes; messages call them `shown`. Throws IoError when they are truncated or altered.
[[nodiscard]] Json document_of_artefact(std::string_view bytes, const std::string& shown);

}  // namespace eddy::base
