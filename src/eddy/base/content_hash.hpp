#pragma once

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::base {

/// SHA-256 of `document` as an artefact holds it: the same before it is written and after it was read.
[[nodiscard]] std::string content_sha256(const Json& document);

}  // namespace eddy::base
