#include <eddy/report/evidence/significance_line.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::report {

std::string significance_text(double z, double p_value) {
  return std::isfinite(z) ? fmt::format("Z = {:.2f} (p = {:.2g})", z, p_value) : "no excess (p = 1, no Z)";
}

bool is_bound(double global_p_value, std::size_t n_toys) {
  return n_toys > 0 && global_p_value * (static_cast<double>(n_toys) + 1) < 1.5;
}

}  // namespace eddy::report
