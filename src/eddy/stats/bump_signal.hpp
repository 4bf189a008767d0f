#pragma once
// Signal plus background in a mass spectrum: discovery significance and upper limit. Formulae and limits of validity:
// docs/bump-hunt.md.

#include <eddy/stats/bump_fit.hpp>
#include <eddy/stats/cls.hpp>

#include <vector>

namespace eddy::stats {

/// A Gaussian bump of one event in all, in the unit of the mass; width is its standard deviation, > 0.
struct GaussianSignal {
  double mean = 0;
  double width = 0;
};

/// Fraction of the Gaussian in every bin, shape (n_bins); what lies outside the histogram is lost. Throws InputError
/// for a signal that is not finite, not wider than 0, or has less than 1 % inside.
[[nodiscard]] std::vector<double> signal_template(const GaussianSignal& signal, const MassHistogram& histogram);

struct BumpSignalOptions {
  double confidence_level = 0.95;  ///< of the limit
  std::vector<LogNormalNuisance> nuisances;
};

/// Strengths are in units of the template: events, for one that sums to 1.
struct BumpSignal {
  double strength = 0;        ///< maximum-likelihood value, unbounded: negative for a deficit
  double strength_error = 0;  ///< from the expected information, at a bound that of the null fit
  bool at_bound = false;      ///< a deficit so deep that it uses up the background of a bin: strength stands there,
                              ///< or at 0 (z = 0) where the fit finds no minimum
  double q0 = 0;              ///< discovery test statistic (Cowan et al. eq. 12): 0 for strength <= 0
  double p_value = 0.5;       ///< asymptotic, from the signed root of q0: above 0.5 for a deficit
  double z = 0;               ///< Phi^-1(1 - p_value): negative for a deficit
  UpperLimit limit;           ///< asymptotic CLs limits with q~mu
  BumpFit null;               ///< background only, all bins
  BumpFit best;               ///< signal + background, all bins
};

/// Fits background alone, and background + strength * signal, to all bins. `signal` >= 0 of shape (n_bins), its sum
/// above 0: expected events per unit of strength. Throws InputError as fit_background and for the template;
/// NumericError when a fit does not converge or signal and background cannot be told apart.
[[nodiscard]] BumpSignal fit_signal(const MassHistogram& histogram, const BackgroundShape& shape,
                                    const std::vector<double>& signal, const BumpSignalOptions& options = {});

/// Discovery alone, without limits; what scans and toys repeat.
struct BumpDiscovery {
  BumpMinimum best;  ///< unbounded fit, or the one with strength >= 0 where that does not converge
  bool at_bound = false;
  double signed_root = 0;     ///< sqrt(q0), with the sign of the strength
  double strength_error = 0;  ///< as in BumpSignal; 0 when undetermined
};
/// `null` is the fit of the same data with strength 0. `best.converged` is false when no fit converged.
[[nodiscard]] BumpDiscovery discover(const BumpModel& model, const BumpData& data, const BumpMinimum& null);

}  // namespace eddy::stats
