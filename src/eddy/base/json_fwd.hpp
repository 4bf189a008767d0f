#pragma once
// The name of JSON documents, for headers that pass them on: the library itself takes seconds to compile.

#include <nlohmann/json_fwd.hpp>

namespace eddy::base {

using Json = nlohmann::json;

}  // namespace eddy::base
