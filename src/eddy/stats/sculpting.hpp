#pragma once
// Does a cut change the shape of a mass spectrum? LaCATHODE (2210.14924), eq. (5); docs/bump-hunt.md.

#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::stats {

/// Edges of `n_bins` bins with equally many of `masses` (up to one event; equal masses stay together), shape (n_bins +
/// 1), ascending. All masses lie inside: the last edge is just above the largest one. Throws InputError when a mass is
/// not finite or the masses take fewer different values than there are bins.
[[nodiscard]] std::vector<double> equal_population_edges(std::span<const float> masses, std::size_t n_bins);

/// How many bins of equal population masses can fill: one for each different value. Masses that were rounded take few.
[[nodiscard]] std::size_t n_different(std::span<const float> masses);

/// A fixed binning of events, for the comparison of many cuts on them.
class SculptingTest {
 public:
  /// n_bins >= 2: the paper's 300. Throws InputError as equal_population_edges.
  SculptingTest(std::span<const float> masses, std::size_t n_bins);

  /// chi2/ndof between the spectra, normalised to one, of all events and of those with `passes` (one flag per event):
  /// sum over bins of (n_selected - e N)^2 / (e N) / (n_bins - 1), with e the selected fraction of all events. Its mean
  /// is 1 for a small random subset, 1 - e for one of any size. NaN when no event passes. Throws InputError for a wrong
  /// number of flags.
  [[nodiscard]] double chi2_per_dof(std::span<const std::uint8_t> passes) const;

  /// chi2/ndof of `n_subsets` random subsets of `n_selected` events each, drawn without replacement (the paper: 100).
  /// Subset i is a function of (stream, i), for any number of threads. Throws InputError when there are fewer events.
  [[nodiscard]] std::vector<double> random_subsets(std::size_t n_selected, std::size_t n_subsets,
                                                   const base::RandomStream& stream,
                                                   const base::Monitor& monitor = {}) const;

  [[nodiscard]] std::size_t n_events() const { return bin_.size(); }
  [[nodiscard]] std::size_t n_bins() const { return counts_.size(); }

 private:
  [[nodiscard]] double compare(const std::vector<double>& selected) const;
  [[nodiscard]] double random_subset(std::size_t n_selected, base::RandomStream stream) const;

  std::vector<std::uint32_t> bin_;  // of each event
  std::vector<double> counts_;      // of each bin, before any cut
};

}  // namespace eddy::stats
