#pragma once

#include <eddy/base/random.hpp>
#include <eddy/stats/intervals.hpp>

#include <boost/math/special_functions/erf.hpp>
#include <cstdint>
#include <numbers>

namespace eddy::stats {

/// The number of a stream at `counter`, drawn from the normal distribution of mean 0 and width 1: the inverse of its
/// cumulative distribution at the stream's uniform number, so that one counter gives one draw.
[[nodiscard]] inline double normal_at(const base::RandomStream& stream, std::uint64_t counter) {
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * stream.uniform_at(counter));
}

/// The probability above `z`.
[[nodiscard]] inline double upper_tail(double z) { return to_p_value({z}).value; }

}  // namespace eddy::stats
