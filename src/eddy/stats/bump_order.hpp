#pragma once
// Choice of the number of background parameters by Fisher's F-test.

#include <eddy/stats/bump_fit.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace eddy::stats {

/// The shape with one parameter more; nothing beyond polynomials of `largest_order` and dijet functions of 5
/// parameters.
[[nodiscard]] std::optional<BackgroundShape> next_shape(const BackgroundShape& shape, std::size_t largest_order);

struct OrderOptions {
  double threshold = 0.05;        ///< a further parameter is taken when its F-test p-value is below
  std::size_t largest_order = 8;  ///< of Bernstein polynomials; a dijet function ends at 5 parameters
  std::vector<LogNormalNuisance> nuisances;
  std::vector<bool> closed = {};  ///< bins that are not fitted, with a signal region; empty: none
};

struct OrderStep {
  BackgroundShape shape;
  FitQuality quality;
  double f_p_value = 1;  ///< of this shape against the one before; 1 for the first
};

struct OrderChoice {
  BackgroundShape shape;         ///< the last of `steps` that was worth its parameter
  std::vector<OrderStep> steps;  ///< every shape fitted, the one that was refused last
};

/// P(F(1, n_dof of large) >= (D_small - D_large) / (D_large / n_dof)) with the deviances D of two nested fits that
/// differ by one parameter; 1 when the larger one is no better.
[[nodiscard]] double f_test(const FitQuality& small, const FitQuality& large);

/// Adds one parameter at a time to `first`, from its own number on, while the F-test p-value is below the threshold,
/// bins suffice and `options` allow. Fits all bins but those of `signal_region`, where one is given. Throws as
/// fit_background, and InputError for a threshold outside (0, 1).
[[nodiscard]] OrderChoice choose_order(const MassHistogram& histogram, const BackgroundShape& first,
                                       const std::optional<MassWindow>& signal_region = {},
                                       const OrderOptions& options = {});

}  // namespace eddy::stats
