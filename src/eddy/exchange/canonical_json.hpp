#pragma once

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::exchange {

/// `document` as Python's json.dumps(document, sort_keys=True, ensure_ascii=False) writes it after reading it, to the
/// byte: what pyhf takes digests of. Numbers must be finite.
[[nodiscard]] std::string canonical_json(const base::Json& document);

}  // namespace eddy::exchange
