#pragma once
// One strength of a signal in many mass spectra at once, each with a background of its own: the simultaneous likelihood
// of the categories of a search, and the significance where each category has a strength of its own (docs/quak.md).

#include <eddy/stats/bump_likelihood.hpp>
#include <eddy/stats/cls.hpp>
#include <eddy/stats/intervals.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::stats {

/// A spectrum that takes part. What it refers to must outlive it.
struct SharedSpectrum {
  const BumpModel& model;   ///< its signal: events of this spectrum per event of signal in it; no nuisances
  const BumpData& data;     ///< counts
  const BumpMinimum& null;  ///< converged fit of `data` with strength 0
  double share = 1;         ///< of the signal that is in this spectrum, >= 0: 0 takes no part
};

/// Background + strength * share * signal in all spectra, fitted together; strength counts events in all of them.
struct CommonFit {
  bool converged = false;     ///< else nothing below says anything
  bool at_bound = false;      ///< no minimum at a negative strength: it stands at 0
  double strength = 0;        ///< maximum-likelihood value, negative for a deficit
  double strength_error = 0;  ///< from the expected information, backgrounds profiled; 0 when undetermined
  double signed_root = 0;     ///< of q0 (Cowan et al. 1007.1727, eq. 12), with the sign of the strength
};

/// The minimum along the strength, with the backgrounds of all spectra profiled at each; the likelihood is convex for
/// means that are linear in all parameters (Bernstein polynomials). `start`: a strength to begin at. Throws nothing.
[[nodiscard]] CommonFit fit_common_strength(std::span<const SharedSpectrum> spectra, double start);

/// Asymptotic CLs limits on the strength with q~mu. Throws NumericError when a fit with the strength held does not
/// converge, or no limit is found.
[[nodiscard]] UpperLimit common_upper_limit(std::span<const SharedSpectrum> spectra, const CommonFit& fit,
                                            double confidence_level = 0.95);

/// Signal of any strength >= 0 in each spectrum: q is the sum of the q0 of all, and under the null that of n halves of
/// chi2 of one degree of freedom (chi-bar-squared: Chernoff, Ann. Math. Stat. 25, 573 (1954)).
struct FreeStrengths {
  std::size_t n = 0;
  double statistic = 0;  ///< sum of max(0, root)^2
  PValue p = {1};        ///< sum over k = 1 ... n of binomial(n, k) / 2^n P(chi2 of k >= statistic); 1 for statistic 0
  Significance z;        ///< minus infinity for statistic 0
};
/// Of signed roots of independent spectra; relative error of p below 1e-10. Throws InputError for none, or NaN.
[[nodiscard]] FreeStrengths combine_free_strengths(std::span<const double> roots);

}  // namespace eddy::stats
