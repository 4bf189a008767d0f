#pragma once
// Pseudo-experiments of the four counts and of the closure measurement.

#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/abcd_likelihood.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace eddy::stats {

/// One pseudo-experiment: four counts and a closure measured anew.
struct AbcdToy {
  AbcdCounts counts;
  double log_closure = 0;
};

/// Where pseudo-experiments come from: four Poisson means and the true ln kappa that the closure measurement scatters
/// about.
struct AbcdToySource {
  AbcdCounts mean;
  double log_closure = 0;
};

/// The source that a fit describes.
[[nodiscard]] AbcdToySource source_of(const AbcdProfile& profile, const AbcdModel& model);

/// Pseudo-experiments from a mixture of sources in equal shares, to be weighted back to any one of them. A mixture that
/// holds the null hypothesis and a source in the tail resolves small tail probabilities with few toys, and no weight
/// exceeds the number of sources (defensive importance sampling, Hesterberg 1995; balance heuristic, Veach and Guibas
/// 1995).
class AbcdToyMixture {
 public:
  AbcdToyMixture(std::span<const AbcdToySource> sources, double closure_error, const base::RandomStream& stream);

  /// Toy i, from source i modulo the number of sources; a function of (stream, i) only.
  [[nodiscard]] AbcdToy draw(std::size_t i) const;

  /// Density of `toy` under source `s` over its density under the mixture.
  [[nodiscard]] double weight(const AbcdToy& toy, std::size_t s) const;

 private:
  struct Component {
    AbcdToySource source;
    std::array<PoissonQuantile, 4> quantiles;
  };
  /// Up to a term that depends on `toy` only.
  [[nodiscard]] double log_density(const AbcdToy& toy, const Component& component) const;

  std::vector<Component> components_;
  double closure_error_;
  base::RandomStream stream_;
};

/// The model with the closure that `toy` measured.
[[nodiscard]] AbcdModel model_of(const AbcdToy& toy, AbcdModel model);

/// Calls `fit_toy` for toys 0, ..., n - 1, several at once. Throws NumericError where a fit does not converge: with the
/// same sentence whichever toy it was, for that depends on threads; Interrupted where `monitor` says so.
void fit_toys(std::size_t n, const std::function<void(std::size_t toy)>& fit_toy, const base::Monitor& monitor = {});

}  // namespace eddy::stats
