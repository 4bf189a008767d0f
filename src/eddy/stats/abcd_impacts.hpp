#pragma once
// What moves the signal that is fitted to four counts, and how far.

#include <eddy/stats/abcd.hpp>
#include <eddy/stats/impact.hpp>

#include <vector>

namespace eddy::stats {

/// The impacts of all nuisances that are uncertain, the largest first: "B", "C", "D" are the backgrounds there,
/// "closure" is kappa. Backgrounds have the Poisson interval of the count (Garwood), closure its log-normal one. With
/// as many free means as counts the best fit equals all four: nothing pulls a nuisance from its nominal value, and
/// there is no goodness of fit. Throws InputError and NumericError as fit_abcd, the latter also where no signal equals
/// the counts.
[[nodiscard]] std::vector<Impact> abcd_impacts(const AbcdCounts& counts, const AbcdModel& model);

}  // namespace eddy::stats
