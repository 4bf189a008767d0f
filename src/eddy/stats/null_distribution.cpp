#include <eddy/base/error.hpp>
#include <eddy/stats/intervals.hpp>
#include <eddy/stats/null_distribution.hpp>

#include <fmt/format.h>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::stats {
namespace {

constexpr std::size_t kFewestBeyond = 5;

CalibratedPValue from_fraction(std::size_t n_beyond, std::size_t n) {
  const auto total = static_cast<double>(n);
  // Half an experiment short of certainty: all of them may reach it, and another search may still not.
  const double p = std::min((static_cast<double>(n_beyond) + 1) / (total + 1), 1 - 0.5 / total);
  return {.p_value = p, .p_value_error = std::sqrt(p * (1 - p) / total), .z = to_significance({p}).z};
}

CalibratedPValue from_tail(double observed_z, const NullMoments& moments, std::size_t n_nothing) {
  const auto n = static_cast<double>(moments.n);
  const double sd = std::max(1.0, moments.sd);
  const boost::math::students_t_distribution<double> student(n - 1);
  const double t = (observed_z - moments.mean) / (sd * std::sqrt(1 + 1 / n));
  // What the errors of mean (1 / sqrt n) and spread (t / sqrt 2(n - 1)) move the place in the tail by.
  const double shift = std::hypot(1 / std::sqrt(n), t / std::sqrt(2 * (n - 1)));
  // Experiments with nothing to test are below any Z.
  const double share = n / (n + static_cast<double>(n_nothing));
  const auto tail = [&](double at) { return share * boost::math::cdf(boost::math::complement(student, at)); };
  const double p = tail(t);
  return {.p_value = p,
          .p_value_error = 0.5 * (tail(t - shift) - tail(t + shift)),
          .z = to_significance({p}).z,
          .is_extrapolated = true};
}

}  // namespace

NullMoments null_moments(std::span<const double> null_z) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  NullMoments moments{.n = null_z.size(), .mean = kNone, .mean_error = kNone, .sd = kNone};
  if (null_z.empty()) {
    return moments;
  }
  const auto n = static_cast<double>(null_z.size());
  moments.mean = std::accumulate(null_z.begin(), null_z.end(), 0.0) / n;
  if (null_z.size() > 1) {
    double squares = 0;
    for (const double z : null_z) {
      squares += (z - moments.mean) * (z - moments.mean);
    }
    moments.sd = std::sqrt(squares / (n - 1));
    moments.mean_error = moments.sd / std::sqrt(n);
  }
  return moments;
}

CalibratedPValue calibrated_p_value(double observed_z, std::span<const double> null_z, std::size_t n_nothing) {
  const bool all_finite = std::ranges::all_of(null_z, [](double z) { return std::isfinite(z); });
  if (null_z.size() < kFewestNullExperiments || !all_finite || !std::isfinite(observed_z)) {
    throw base::InputError(
        fmt::format("a significance of {} cannot be calibrated with {} null experiments{}; at least {} with a Z are "
                    "needed",
                    observed_z, null_z.size(), all_finite ? "" : ", one of them without a Z", kFewestNullExperiments));
  }
  const auto n_beyond =
      static_cast<std::size_t>(std::ranges::count_if(null_z, [&](double z) { return z >= observed_z; }));
  return n_beyond >= kFewestBeyond ? from_fraction(n_beyond, null_z.size() + n_nothing)
                                   : from_tail(observed_z, null_moments(null_z), n_nothing);
}

}  // namespace eddy::stats
