#pragma once
// What moves the signal that is fitted to a mass spectrum, and how far.

#include <eddy/stats/bump_likelihood.hpp>
#include <eddy/stats/impact.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <vector>

namespace eddy::stats {

/// The impacts on the strength of `signal` (fit_signal's, in units of its template), the largest first: of each
/// nuisance, fitted again with its pull at best +- its error; and as "background shape" what the free parameters of the
/// shape add to the error of the strength, in quadrature (the error less what nuisances and the Poisson fluctuations of
/// the counts alone make of it). Throws InputError as fit_signal; NumericError where the fit does not converge.
[[nodiscard]] std::vector<Impact> bump_impacts(const MassHistogram& histogram, const BackgroundShape& shape,
                                               const std::vector<double>& signal,
                                               const std::vector<LogNormalNuisance>& nuisances);

inline constexpr const char* kShapeImpact = "background shape";

}  // namespace eddy::stats
