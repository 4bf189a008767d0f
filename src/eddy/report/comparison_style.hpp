#pragma once
// Runs and benchmarks look the same in every figure of a comparison.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

struct LineStyle {
  std::string role;   ///< decides the colour
  std::string style;  ///< of the line
};

/// Solid lines, one colour for each run.
[[nodiscard]] LineStyle run_style(const Json& comparison, const std::string& label);

/// That of the run for its method. Benchmarks are broken lines, one pattern for each kind: in the colour of the run
/// where each run has its own, else in a colour that no run has.
[[nodiscard]] LineStyle style_of_detector(const Json& comparison, const Json& detector);

}  // namespace eddy::report
