#include <eddy/search/closure_error.hpp>

#include <algorithm>

namespace eddy::search {

double closure_error(double closure, double relative_error) {
  const double factor = std::max(closure, 1 / closure);
  return std::max(factor - 1, factor * relative_error);
}

}  // namespace eddy::search
