#pragma once
// What panels with local p-values against a mass have in common.

#include <eddy/report/figure.hpp>

#include <cstddef>

namespace eddy::report {

/// A p-value that a logarithmic axis can show.
[[nodiscard]] double drawable_p_value(double p_value);

/// Room for the lines of all standard deviations, the curves that are in the panel, and `n_notes` lines of text below.
void set_p_value_ranges(Panel& panel, std::size_t n_notes);

/// Dashed lines at the p-values of 1 to 5 standard deviations.
void add_sigma_lines(Panel& panel);

}  // namespace eddy::report
