#pragma once
// How many signal events pass a cut, as a function of how many there are: of a cut whose classifiers learn from the
// signal itself, the efficiency rises with the signal (docs/limits.md).

#include <cstddef>
#include <vector>

namespace eddy::stats {

/// What was measured with one amount of signal.
struct EfficiencyKnot {
  double strength = 0;    ///< signal events before the cut, >= 0
  double efficiency = 0;  ///< fraction of them that passes, in [0, 1]
  double spread = 0;      ///< one standard deviation of the efficiency of a single search
};

/// Efficiency and passing signal between the knots. Passing signal never falls as the strength rises: where the knots
/// say otherwise, neighbours get their mean (isotonic regression). Between two knots the efficiency is a straight line
/// where it rises, and the passing signal is one where the efficiency falls (a cut that keeps a fraction of the data
/// can hold so much signal and no more): monotone either way.
class EfficiencyCurve {
 public:
  /// Throws InputError for fewer than two knots, a first one that is not at strength 0, strengths that do not rise, and
  /// values outside their range.
  explicit EfficiencyCurve(std::vector<EfficiencyKnot> knots);

  /// Signal events that pass, of `strength` in [0, reach()].
  [[nodiscard]] double passing(double strength) const;
  /// One standard deviation of that.
  [[nodiscard]] double spread(double strength) const;
  /// The largest strength that was measured.
  [[nodiscard]] double reach() const { return knots_.back().strength; }
  /// After regression.
  [[nodiscard]] const std::vector<EfficiencyKnot>& knots() const { return knots_; }

 private:
  [[nodiscard]] std::size_t segment_of(double strength) const;

  std::vector<EfficiencyKnot> knots_;
};

/// `values` made to rise, or stay, from each to the next, with as little change as possible in the sum of squares
/// (pool adjacent violators: Barlow et al., Statistical Inference under Order Restrictions, 1972).
[[nodiscard]] std::vector<double> isotonic(const std::vector<double>& values);

}  // namespace eddy::stats
