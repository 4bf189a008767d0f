#include <eddy/base/error.hpp>
#include <eddy/stats/intervals.hpp>
#include <eddy/stats/spread_of_one_more.hpp>

#include <fmt/format.h>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>

namespace eddy::stats {

double spread_of_one_more(double variance, double freedom, double n, double tail) {
  if (!(freedom >= 1 && n >= 1 && variance >= 0)) {
    throw base::InputError(fmt::format(
        "a variance of {} with {} degrees of freedom says nothing of one more value besides {}", variance, freedom, n));
  }
  const double student = boost::math::quantile(boost::math::complement(boost::math::students_t(freedom), tail));
  return std::sqrt(variance * (1 + 1 / n)) * student / to_significance({tail}).z;
}

}  // namespace eddy::stats
