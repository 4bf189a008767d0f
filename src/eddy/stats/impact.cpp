#include <eddy/stats/impact.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::stats {

double size_of(const Impact& impact) {
  const auto finite = [](double value) { return std::isfinite(value) ? std::abs(value) : 0; };
  return std::max(finite(impact.low), finite(impact.high));
}

}  // namespace eddy::stats
