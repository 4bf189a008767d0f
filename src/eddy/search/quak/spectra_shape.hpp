#pragma once
// Which background shape describes the spectra of a search in a space of losses, and how well.

#include <eddy/search/quak/quak_settings.hpp>
#include <eddy/stats/category_scan.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <limits>
#include <vector>

namespace eddy::search {

struct SpectraShape {
  stats::BackgroundShape shape;
  /// P-value of the deviance of all spectra together, beside the largest excess, where no signal is a fault of the
  /// shape; bins are joined until five events are expected. NaN where nothing can be said.
  double goodness_of_fit = std::numeric_limits<double>::quiet_NaN();
};

/// Throws InputError, with the remedy, when the shape that `settings` name is not defined from `low` to `high`.
void require_shape(const QuakSettings& settings, double low, double high);

/// Masses within 2.5 standard deviations of a signal at the most significant mass of the scan.
[[nodiscard]] stats::MassWindow window_of_excess(const stats::CategoryScan& scan, double relative_width);

/// The shape of `[quak] shape` and `order`; with order 0 that of the fewest parameters (polynomials from order 3 to 8,
/// dijet functions from 3) whose goodness of fit is 0.05 or more and that one more does not improve (likelihood ratio,
/// p < 0.05); where none is, the one that describes the spectra best. Throws InputError where no spectrum can be
/// fitted.
[[nodiscard]] SpectraShape choose_shape(const std::vector<stats::MassCategory>& spectra,
                                        const std::vector<double>& masses, const QuakSettings& settings);

}  // namespace eddy::search
