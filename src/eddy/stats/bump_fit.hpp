#pragma once
// Fits of a background shape to a mass spectrum, and its prediction from the sidebands. Formulae and limits of
// validity: docs/bump-hunt.md.

#include <eddy/stats/bump_likelihood.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <string>
#include <vector>

namespace eddy::stats {

/// How well the means of a fit describe the fitted bins.
struct FitQuality {
  double deviance = 0;         ///< -2 ln (L / L of the saturated model), pulls of nuisances included
  double chi2 = 0;             ///< Pearson: sum of (n - mean)^2 / mean
  std::size_t n_dof = 0;       ///< fitted bins less free parameters (a nuisance and its constraint cancel)
  double goodness_of_fit = 1;  ///< P(chi2 of n_dof >= deviance); 1 for n_dof = 0
};

/// A converged fit. Parameters in this order: quoted ones of the background shape, "signal", nuisances (pulls).
struct BumpFit {
  std::vector<std::string> names;
  std::vector<double> parameters;
  base::SymmetricMatrix covariance;  ///< of `parameters`; rows of those fixed or at a bound (Bernstein: 0) are 0
  std::vector<double> mean;          ///< of every bin of the histogram, fitted or not, shape (n_bins)
  std::vector<double> background;    ///< its part without signal
  std::vector<double> pulls;         ///< (count - mean) / sqrt(mean), shape (n_bins)
  FitQuality quality;
  std::size_t n_at_bound = 0;  ///< Bernstein coefficients that are 0
  std::size_t n_iterations = 0;
  double edm = 0;  ///< estimated distance of -ln L to its minimum
};

/// Background of the signal region, from a fit that did not look at it.
struct SidebandPrediction {
  BinRange signal_region;
  std::vector<double> expected;      ///< shape (n_bins of the signal region)
  base::SymmetricMatrix covariance;  ///< of `expected`, from the fit; Poisson fluctuations of the counts come on top
  double total = 0;
  double total_error = 0;
  BumpFit fit;
};

/// Fits the background to all bins. Throws InputError for a histogram, shape or nuisance that cannot be used;
/// NumericError when the fit does not converge (a number is never returned then).
[[nodiscard]] BumpFit fit_background(const MassHistogram& histogram, const BackgroundShape& shape,
                                     const std::vector<LogNormalNuisance>& nuisances = {});

/// Fits the background to the bins outside `signal_region` and integrates it inside. Counts inside are not used, and
/// may be blinded (0); so are those of bins that are `closed`, shape (n_bins), or empty: none. Errors as in
/// fit_background and bins_of.
[[nodiscard]] SidebandPrediction predict_from_sidebands(const MassHistogram& histogram, const BackgroundShape& shape,
                                                        MassWindow signal_region,
                                                        const std::vector<LogNormalNuisance>& nuisances = {},
                                                        const std::vector<bool>& closed = {});

/// The model and data of a fit, checked. `fitted` of shape (n_bins). Coordinates are orthonormal at the counts of the
/// fitted bins. Errors as in fit_background.
struct BumpProblem {
  BumpModel model;
  BumpData data;
};
[[nodiscard]] BumpProblem make_problem(const MassHistogram& histogram, const BackgroundShape& shape,
                                       std::vector<double> signal, std::vector<LogNormalNuisance> nuisances,
                                       std::vector<bool> fitted);
/// `minimum` in quoted parameters. Throws NumericError, with `what` was fitted, when it has not converged.
[[nodiscard]] BumpFit quote(const BumpProblem& problem, const BackgroundShape& shape, const BumpMinimum& minimum,
                            const std::string& what);

}  // namespace eddy::stats
