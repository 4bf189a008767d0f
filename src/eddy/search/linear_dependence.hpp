#pragma once
// Columns that are copies of others, or a sum of them with factors: no density of all of them exists, and a flow that
// is trained on them follows rounding errors.

#include <eddy/base/matrix.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace eddy::search {

struct LinearDependence {
  std::size_t column = 0;
  std::vector<std::size_t> on;  ///< earlier columns, ascending
};

/// The first column of `x` that is a copy of an earlier one, up to a factor, a shift and a hundred-thousandth of its
/// spread, or that is, but for a shift and the rounding of float32, a linear combination
/// of the columns before it. What a fit by these leaves of it is compared with what rounding would leave: each of its
/// values, and each of theirs times its factor, is off by a third of the square of half a unit in the last place, and
/// four times that is allowed, for columns that were computed in steps. Noise of a thousandth is ten thousand times as
/// much. Columns of one value, and samples of fewer than 2 events for each column, tell nothing.
[[nodiscard]] std::optional<LinearDependence> find_linear_dependence(base::MatrixView x);

}  // namespace eddy::search
