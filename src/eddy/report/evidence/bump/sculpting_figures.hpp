#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// chi2/ndof between the mass spectra before and after a cut, against its efficiency (LaCATHODE fig. 6), with the band
/// of random subsets. Nothing without sculpting.
[[nodiscard]] std::optional<Figure> sculpting_figure(const search::Finding& output);

/// Mass spectra before and after cuts, normalised, one panel per efficiency, with their ratio. Nothing without spectra
/// of a cut.
[[nodiscard]] std::optional<Figure> spectra_figure(const search::Finding& output);

}  // namespace eddy::report
