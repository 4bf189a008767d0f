#pragma once
// The bump hunt in the spectrum weighted by likelihood ratios, a cross-check: its part of result.json, its figure and
// its line.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>
#include <string>

namespace eddy::report {

/// "weighted_spectrum" of result.json.
[[nodiscard]] Json weighted_spectrum_json(const search::WeightedSpectrum& spectrum);

/// The spectrum with both fits, and what is left of it without background. Nothing where it was not fitted.
[[nodiscard]] std::optional<Figure> weighted_spectrum_figure(const search::Finding& finding);

/// For the terminal.
[[nodiscard]] std::string weighted_spectrum_line(const search::WeightedSpectrum& spectrum);

}  // namespace eddy::report
