#pragma once
// N-subjettiness (Thaler, Van Tilburg, 1011.2268 and 1108.2701), unnormalised:
//   tau_N = sum_i pt_i min_k ΔR(i, axis k)^beta          ΔR in rapidity and azimuth, tau in GeV

#include <eddy/jets/four_vector.hpp>
#include <eddy/jets/settings.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::jets {

/// A direction.
struct Axis {
  double rapidity;
  double phi;
};

/// The constituents of a jet as the sums over them need them: one array per quantity.
struct Constituents {
  std::vector<double> pt;
  std::vector<double> rapidity;
  std::vector<double> phi;  ///< in (-pi, pi]
  [[nodiscard]] std::size_t size() const { return pt.size(); }
};

/// Those of `particles` that have transverse momentum: the others contribute nothing to tau.
[[nodiscard]] Constituents constituents_of(std::span<const FourVector> particles);

/// tau_N for N = axes.size() axes; 0 without constituents. Throws InputError without axes.
[[nodiscard]] double tau(const Constituents& constituents, std::span<const Axis> axes, double beta);

/// How far the minimisation goes.
struct OnePassLimits {
  double precision = 1e-4;  ///< stops once axes move by less on average; also softens 1/ΔR at ΔR = 0
  std::size_t max_iterations = 1000;
};

/// One pass of the minimisation of tau_N from the given axes (1108.2701, section 4: Lloyd's algorithm with the update
/// of Weiszfeld). Each particle belongs to its nearest axis; each axis moves to the mean of its particles, weighted by
/// pt ΔR^(beta - 2). For 1 <= beta <= 2 no step makes tau larger, but for the rounding off at small ΔR; the minimum is
/// a local one. An axis without particles stays.
[[nodiscard]] std::vector<Axis> minimise_one_pass(const Constituents& constituents, std::vector<Axis> axes, double beta,
                                                  const OnePassLimits& limits = {});

/// tau_1 ... tau_n_max for each beta: element b * n_max + N - 1. With no more than N constituents tau_N is 0.
[[nodiscard]] std::vector<double> nsubjettiness(std::span<const FourVector> particles,
                                                const NsubjettinessSettings& settings);

}  // namespace eddy::jets
