#pragma once

#include <string>

namespace eddy::report {

/// "Z = 1.20 (p = 0.12)", or that there is none: every outcome is at least as much of an excess.
[[nodiscard]] std::string significance_text(double z, double p_value);

}  // namespace eddy::report
