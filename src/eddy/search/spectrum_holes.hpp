#pragma once
// Masses inside a spectrum that were never selected, such as those of a resonance that a selection vetoes. Bins there
// are empty, and say nothing of the background.

#include <eddy/stats/mass_histogram.hpp>

#include <optional>
#include <span>
#include <string>

namespace eddy::search {

struct SpectrumHole {
  double low = 0;  ///< the last mass before it
  double high = 0;
  double expected = 0;  ///< at least so many events, by those beside
};

/// The space between two of the n `masses` (all that were selected) inside `range` that is empty although those on both
/// sides let one expect at least ln(1000 n) events: exp(-expected), times the n spaces, is 0.1 %. Of several the one
/// with most. Each side speaks for its half: its three steps of that half's width are continued as in covered_range,
/// and must expect 3 events (exp(-3) = 5 %) and two fifths of the whole, so that a tail that thins out, a sharp turn-on
/// or the flank of a peak is no hole. A space counts by as much as it is wider than those beside it, so that masses may
/// be rounded. Bins do not matter: a hole may be narrower than one. Masses must be finite.
[[nodiscard]] std::optional<SpectrumHole> find_hole(std::span<const float> masses, stats::MassWindow range);

/// What is wrong with `hole` and what to do; `option` sets the range of the fit.
[[nodiscard]] std::string hole_sentence(const SpectrumHole& hole, const std::string& option);

/// Throws InputError with that sentence where there is a hole in `range`.
void require_no_hole(std::span<const float> masses, stats::MassWindow range, const std::string& option);

}  // namespace eddy::search
