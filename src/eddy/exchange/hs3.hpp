#pragma once
// The HEP Statistics Serialization Standard, HS3 (https://hep-statistics-serialization-standard.github.io).

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/statistical_model.hpp>

namespace eddy::exchange {

/// A document of histfactory_dist channels, with one analysis for each strength. Free factors are normfactors,
/// log-normal ones normsys with a Gaussian constraint; a shift is a sample of its own, scaled by its pull, whose
/// constraint is an auxiliary distribution (the standard leaves open whether the templates of a histosys are sums or
/// differences). Log-linear factors of a sample are one generic_function, which scales it.
[[nodiscard]] base::Json hs3_document(const StatisticalModel& model);

/// The same with the strength of the grid, signal events before any cut, as parameter of interest: mu is a function of
/// it, linear between the strengths of the grid, in elementary operations alone. The spread of the efficiency is that
/// at the strength whose signal is nearest to one unit. Needs a grid.
[[nodiscard]] base::Json hs3_document_of_strength(const StatisticalModel& model);

/// "(a + b * x + c_1 * sqrt((x - x_1) * (x - x_1)) + ...)": the straight lines through (0, 0) and the points of the
/// grid, divided by `unit`. `variable` is the name of x.
[[nodiscard]] std::string passing_expression(const std::vector<SignalAtStrength>& grid, double unit,
                                             const std::string& variable);

}  // namespace eddy::exchange
