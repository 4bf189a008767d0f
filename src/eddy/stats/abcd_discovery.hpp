#pragma once
// The p-value of the background-only hypothesis.

#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/abcd_likelihood.hpp>
#include <eddy/stats/intervals.hpp>

namespace eddy::stats {

struct ToyPValue {
  PValue p;
  double error = 0;  ///< statistical
};

/// P(signed root of a pseudo-experiment >= observed) when there is no signal, the nuisances are those of the
/// background-only fit `null` of `counts`, and the closure is measured anew in each. Half of the toys come from the
/// null hypothesis, half from the observed counts, and all are weighted to the null: no smallest p-value is set by the
/// number of toys. p is 0 only where no toy reached the observation or weights underflowed (p below about 1e-300).
[[nodiscard]] ToyPValue toy_p_value(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                                    const base::RandomStream& stream, std::size_t n_toys,
                                    const base::Monitor& monitor = {});

}  // namespace eddy::stats
