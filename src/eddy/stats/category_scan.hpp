#pragma once
// The search for one bump in many categories of events (QUAK's Method 2, 2011.03550, section 4.2.1): independent fits
// in each, their local p-values combined by Fisher's method at each mass, and the global p-value from
// pseudo-experiments of all categories together. Beside it, all categories in one likelihood (common_strength.hpp).

#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/bump_fit.hpp>
#include <eddy/stats/combination.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace eddy::stats {

/// The mass spectrum of one category. Every category has its own events and may have its own bins.
struct MassCategory {
  std::string name;
  MassHistogram histogram;
};

/// How a signal is shared among the categories, where they are fitted in one likelihood.
struct SignalShares {
  std::string name;
  std::vector<double> share = {};  ///< one per category, >= 0, not all 0; empty: a strength of its own in each
};

struct CategoryScanOptions {
  BackgroundShape shape = BernsteinShape{3};  ///< of every category, with its own parameters
  double relative_width = 0.03;               ///< standard deviation of the Gaussian signal, part of its mass
  double min_events = 20;                     ///< categories with fewer are left out
  std::size_t n_toys = 1000;                  ///< 0: none
  std::vector<SignalShares> shares = {};      ///< of the simultaneous likelihoods; empty: none
};

/// One category at one mass.
struct CategoryPoint {
  bool used =
      false;  ///< false: left out at this mass, since most of the signal lies outside the bins or the fit failed
  double strength = 0;  ///< events in all, negative for a deficit
  double strength_error = 0;
  double z = 0;          ///< signed root of q0: standard normal under the null while counts are large
  double p_value = 0.5;  ///< 1 - Phi(z): above 0.5 for a deficit, so that Fisher's method has its null
};

struct CategoryFit {
  std::string name;
  double n_events = 0;
  std::string left_out;               ///< why the category takes no part; empty: it does
  std::optional<BumpFit> null;        ///< background only; none when left out
  std::vector<CategoryPoint> points;  ///< one per mass, the strengths among them; empty when left out
  std::vector<double> mean;           ///< (n_bins): background and signal at the best mass; empty without a fit there
  std::size_t n_failed = 0;           ///< masses where the fit with signal did not converge
};

/// All categories at one mass.
struct CombinedPoint {
  double mass = 0;
  std::size_t n_categories = 0;  ///< that took part
  FisherCombination fisher;      ///< local p-value, asymptotic
  double toy_p_value = 1;        ///< local, (toys that reach the statistic here + 1) / (toys + 1); 1 without toys
};

/// All categories in one likelihood, at one mass.
struct CommonPoint {
  std::size_t n_categories = 0;  ///< that took part; 0: the fit failed, or no signal is expected in any of them
  double strength = 0;           ///< events in all; with free shares the sum of those that are above 0
  double strength_error = 0;     ///< 0 with free shares
  double z = 0;                  ///< local, asymptotic: signed root of q0; with free shares that of FreeStrengths
  double p_value = 1;
  bool has_failed = false;  ///< a fit did not converge: no number, and a pseudo-experiment that may reach any
};

/// A simultaneous likelihood over all masses.
struct CommonScan {
  SignalShares shares;
  std::vector<CommonPoint> points;  ///< one per mass
  std::size_t best = 0;             ///< index of the largest z
  double global_p_value = 1;        ///< as in CategoryScan, from the same toys; 1 without
  double global_p_error = 0;
  double global_z = 0;
};

struct CategoryScan {
  std::vector<CategoryFit> categories;  ///< in the order given
  std::vector<CombinedPoint> points;    ///< one per mass
  std::size_t best = 0;                 ///< index of the smallest asymptotic p-value
  std::vector<CommonScan> common;       ///< one for each of the shares that were asked for
  double global_p_value = 1;  ///< (toys whose most significant mass reaches that of the data + 1) / (toys + 1), or 1
  double global_p_error = 0;  ///< statistical
  double global_z = 0;
  std::size_t n_toys = 0;
  std::size_t n_left_out = 0;       ///< categories that take no part
  std::size_t n_left_out_toys = 0;  ///< pairs of toy and category left out, since empty or without a converged fit
};

/// Scans `masses` in all categories, then background-only toys drawn from the null fit of each category, with the same
/// rules as the data. Local p-values are asymptotic: where the background falls towards 0 deficits are bounded, as are
/// Bernstein coefficients, and the combination is conservative, which `toy_p_value` and the global p-value are not.
/// The result depends on the arguments alone, whatever the number of threads. Throws InputError for no categories or
/// masses, options out of range, shares that are negative or not one for each category, histograms that cannot be used,
/// or when no category takes part; Interrupted.
[[nodiscard]] CategoryScan scan_categories(const std::vector<MassCategory>& categories,
                                           const std::vector<double>& masses, const base::RandomStream& stream,
                                           const CategoryScanOptions& options = {}, const base::Monitor& monitor = {});

}  // namespace eddy::stats
