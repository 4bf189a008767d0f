#pragma once
// Asymptotic CLs of the test statistic q~mu (Cowan, Cranmer, Gross, Vitells, arXiv:1007.1727), for any likelihood.

#include <array>
#include <functional>
#include <string>

namespace eddy::stats {

/// CLs = CLs+b / CLb of an observed q~mu >= 0, given that of the Asimov data of background only, > 0 (eqs. 65, 66).
[[nodiscard]] double asymptotic_cls(double q, double q_asimov);
/// CLs that background only gives `n_sigma` standard deviations above its median (eq. 89 solved for CLs).
[[nodiscard]] double expected_cls(double q_asimov, double n_sigma);

/// The expected values of UpperLimit are at these numbers of standard deviations.
inline constexpr std::array<double, 5> kBands{-2, -1, 0, 1, 2};

/// An upper limit on a signal strength (or CLs at one): of the data, and of background only at kBands.
struct UpperLimit {
  double observed = 0;
  std::array<double, 5> expected{};
};

/// What to say when no limit was found up to this strength.
using NotFoundMessage = std::function<std::string(double searched_to)>;

/// The strengths whose CLs is 1 - confidence_level. `q` and `q_asimov` are q~mu of the data and of the Asimov data as
/// functions of the strength > 0; `scale` > 0 is the order of magnitude of the limit. Throws InputError for a
/// confidence level outside (0, 1), NumericError with `not_found` when no strength below 2^60 scale is excluded.
[[nodiscard]] UpperLimit asymptotic_limit(const std::function<double(double)>& q,
                                          const std::function<double(double)>& q_asimov, double scale,
                                          double confidence_level, const NotFoundMessage& not_found);

}  // namespace eddy::stats
