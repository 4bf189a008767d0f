#pragma once

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

struct GateText {
  const char* title;
  const char* events;  ///< whose latent is judged
  const char* passed;  ///< what it means
  const char* failed;
};

/// The gate of the latent as HTML; empty where the method has no flow.
[[nodiscard]] std::string gate_box(const Json& result, const GateText& text);

}  // namespace eddy::report
