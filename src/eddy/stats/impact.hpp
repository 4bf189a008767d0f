#pragma once

#include <limits>
#include <string>

namespace eddy::stats {

/// What moves a fitted signal: the signal with one nuisance at an end of its 68 % interval, all others fitted again,
/// less the fitted signal.
struct Impact {
  std::string nuisance;
  double low = 0;   ///< nuisance at its lower end; NaN where there is no such fit
  double high = 0;  ///< at its upper end
  /// Of the best fit, in standard deviations of what constrains the nuisance, and how well it is known there; NaN:
  /// nothing but the data constrains it.
  double pull = std::numeric_limits<double>::quiet_NaN();
  double pull_error = std::numeric_limits<double>::quiet_NaN();
};

/// How far the signal moves, the larger of both ways; an end without a fit counts as 0.
[[nodiscard]] double size_of(const Impact& impact);

}  // namespace eddy::stats
