#pragma once

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::exchange {

/// `document` as YAML 1.1 in block style, texts in double quotes; ends with a line break. Objects keep the order of
/// JSON documents, which is that of their keys. Numbers must be finite.
[[nodiscard]] std::string yaml_text(const base::Json& document);

}  // namespace eddy::exchange
