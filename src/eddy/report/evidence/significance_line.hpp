#pragma once

#include <cstddef>
#include <string>

namespace eddy::report {

/// "Z = 1.20 (p = 0.12)", or that there is none: every outcome is at least as much of an excess.
[[nodiscard]] std::string significance_text(double z, double p_value);

/// Whether a global p-value, (k + 1) / (n + 1) for k of n toys, is only known to be small: no toy reached the data.
/// False without toys.
[[nodiscard]] bool is_bound(double global_p_value, std::size_t n_toys);

}  // namespace eddy::report
