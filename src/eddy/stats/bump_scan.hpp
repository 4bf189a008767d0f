#pragma once
// The search for a bump of unknown mass: local p-values on a grid of masses, and the global one from
// pseudo-experiments.

#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/bump_signal.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <cstdint>
#include <vector>

namespace eddy::stats {

/// Pseudo-experiments of all bins and of the constraints of the nuisances, from the means of one fit.
class BumpToys {
 public:
  /// Spectra that share a stream take `first_counter` so far apart that their draws (bins and nuisances of all toys) do
  /// not meet.
  BumpToys(const BumpModel& model, const BumpPoint& truth, const base::RandomStream& stream,
           std::uint64_t first_counter = 0);

  /// Toy i, a function of (stream, first_counter, i) only; every bin is marked as fitted.
  [[nodiscard]] BumpData draw(std::size_t i) const;

 private:
  std::vector<PoissonQuantile> quantiles_;
  std::vector<double> pulls_;
  base::RandomStream stream_;
  std::uint64_t first_counter_;
};

struct ScanPoint {
  GaussianSignal signal;
  double strength = 0;  ///< events
  double strength_error = 0;
  double p_value = 0.5;  ///< local, asymptotic, as in BumpSignal
  double z = 0;
};

struct ScanOptions {
  std::size_t n_toys = 1000;  ///< for the global p-value; 0: none
  std::vector<LogNormalNuisance> nuisances;
  base::Monitor monitor = {};  ///< asked between pseudo-experiments whether to stop
};

struct MassScan {
  BumpFit null;                   ///< background only, all bins
  std::vector<ScanPoint> points;  ///< one per signal, in their order
  std::size_t best = 0;           ///< index of the smallest local p-value
  double global_p_value = 1;      ///< (toys whose largest z reaches that of the data + 1) / (toys + 1); 1 without toys
  double global_p_error = 0;      ///< statistical
  double global_z = 0;            ///< of global_p_value
  /// Saturated goodness of fit of the background alone: (converged toys whose deviance reaches that of the data + 1) /
  /// (converged toys + 1); 1 without toys.
  double goodness_p_value = 1;
  double goodness_p_error = 0;  ///< statistical
  std::size_t n_toys = 0;
  std::size_t n_failed_toys = 0;  ///< did not converge; counted as if they reached the data
};

/// Fits every signal of the grid to the data and to background-only toys of the null fit. The result is the same for
/// any number of threads. Throws InputError for an empty grid and as fit_signal; NumericError when a fit to the data,
/// or one toy in a hundred, does not converge.
[[nodiscard]] MassScan scan_masses(const MassHistogram& histogram, const BackgroundShape& shape,
                                   const std::vector<GaussianSignal>& signals, const base::RandomStream& stream,
                                   const ScanOptions& options = {});

}  // namespace eddy::stats
