#pragma once
// The binned mass spectrum that a bump hunt looks at.

#include <cstddef>
#include <vector>

namespace eddy::stats {

/// Events per mass bin: bin i reaches from edges[i] to edges[i + 1]. The unit of mass is the caller's, the same in all
/// arguments. Counts may be fractional (Asimov data) but not weighted: their variance is taken to be Poisson.
struct MassHistogram {
  std::vector<double> edges;   ///< shape (n_bins + 1), ascending
  std::vector<double> counts;  ///< shape (n_bins)

  [[nodiscard]] std::size_t n_bins() const { return counts.size(); }
};

/// The events with edges.front() <= mass < edges.back(); others are not counted. Throws InputError for bad edges or a
/// mass that is not finite.
[[nodiscard]] MassHistogram fill_histogram(std::vector<double> edges, const std::vector<double>& masses);

/// Throws InputError for edges not finite or not ascending, sizes that do not fit, and for a histogram without bins.
void check_binning(const MassHistogram& histogram);
/// Throws InputError, with the bin, for bad binning, counts negative or not finite, and for a histogram without
/// events.
void check_histogram(const MassHistogram& histogram);

/// An interval of mass, low < high.
struct MassWindow {
  double low = 0;
  double high = 0;
};

/// Bins [first, last) that overlap the window: a bin that straddles its border belongs to it.
struct BinRange {
  std::size_t first = 0;
  std::size_t last = 0;
};
/// Throws InputError for bad binning, and when the window is not an interval, lies outside the histogram, or covers all
/// bins, so that no sideband is left.
[[nodiscard]] BinRange bins_of(const MassHistogram& histogram, MassWindow window);

}  // namespace eddy::stats
