#pragma once
// CLs upper limits on the signal with the test statistic q~mu (Cowan, Cranmer, Gross, Vitells, arXiv:1007.1727).

#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/abcd_likelihood.hpp>
#include <eddy/stats/cls.hpp>

namespace eddy::stats {

/// CLs at one signal, or limits, in events.
using AbcdLimit = UpperLimit;

/// q~mu (eq. 16): 0 when the best fit is above `signal`.
[[nodiscard]] double q_tilde(const AbcdCounts& counts, const AbcdModel& model, double signal);

/// CLs of `signal` >= 0 from the asymptotic distributions of q~mu (eqs. 65, 66) with the Asimov data of the
/// background-only fit.
[[nodiscard]] AbcdLimit asymptotic_cls(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                                       double signal);
/// The signals whose asymptotic CLs is 1 - confidence_level. Throws NumericError when a root is not found.
[[nodiscard]] AbcdLimit asymptotic_limit(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                                         double confidence_level);

/// CLs of `signal` >= 0 from n_toys pseudo-experiments, nuisances as fitted to `counts` with that signal and without.
[[nodiscard]] AbcdLimit toy_cls(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                                double signal, const base::RandomStream& stream, std::size_t n_toys,
                                const base::Monitor& monitor = {});
/// As asymptotic_limit, with toy_cls on a grid of signals that shares its random numbers, and ln CLs interpolated
/// linearly.
[[nodiscard]] AbcdLimit toy_limit(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                                  double confidence_level, const base::RandomStream& stream, std::size_t n_toys,
                                  const base::Monitor& monitor = {});

}  // namespace eddy::stats
