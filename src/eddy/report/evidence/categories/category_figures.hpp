#pragma once
// The bumps of a search in the space of losses.

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Method 2: local p-values against the mass of the signal, of each category and of all together. Nothing without a
/// search in categories.
[[nodiscard]] std::optional<Figure> category_scan_figure(const search::Finding& output);

/// Method 2: the mass spectrum of every category with its fit and the signal at the most significant mass.
[[nodiscard]] std::optional<Figure> category_fit_figure(const search::Finding& output);

/// Method 1: the spectrum behind the most significant cut, which is biased, and says so.
[[nodiscard]] std::optional<Figure> cut_fit_figure(const search::Finding& output);

}  // namespace eddy::report
