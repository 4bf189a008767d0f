#pragma once
// What moves the signal that is fitted to four counts, and how far.

#include <eddy/stats/abcd.hpp>

#include <string>
#include <vector>

namespace eddy::stats {

/// The fitted signal with one nuisance at an end of its 68 % interval, all others fitted again, less the fitted signal.
struct AbcdImpact {
  std::string nuisance;  ///< "B", "C", "D": background there; "closure": kappa
  double low = 0;        ///< nuisance at its lower end; NaN where no signal can equal the counts then
  double high = 0;       ///< at its upper end
};

/// Those of all nuisances that are uncertain, the largest first. Backgrounds have the Poisson interval of the count
/// (Garwood), closure its log-normal one. With as many free means as counts the best fit equals all four: nothing pulls
/// a nuisance from its nominal value, and there is no goodness of fit. Throws InputError and NumericError as
/// fit_abcd, the latter also where no signal equals the counts.
[[nodiscard]] std::vector<AbcdImpact> abcd_impacts(const AbcdCounts& counts, const AbcdModel& model);

}  // namespace eddy::stats
