#include <eddy/report/evidence/significance_line.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::report {

std::string significance_text(double z, double p_value) {
  return std::isfinite(z) ? fmt::format("Z = {:.2f} (p = {:.2g})", z, p_value) : "no excess (p = 1, no Z)";
}

}  // namespace eddy::report
