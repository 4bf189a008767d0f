#pragma once
// HistFactory in the JSON of pyhf (https://pyhf.readthedocs.io/en/v0.7.6/likelihood.html, schema 1.0.0).

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/statistical_model.hpp>

namespace eddy::exchange {

/// A workspace, with one measurement for each strength. Free factors are normfactors, log-normal ones normsys, shifts
/// histosys that are symmetric, hence linear. HistFactory has no exponential without constraint; a log-linear factor is
/// a normsys in the branch beyond one standard deviation, which is an exponential in every implementation, around
/// alpha = 3: its constraint is centred there and 40 times as wide as the fit knows the parameter, so that it weighs
/// less than a thousandth. Nominal contents are those at alpha = 0, where nothing is to be read from them.
[[nodiscard]] base::Json histfactory_workspace(const StatisticalModel& model);

/// Throws NumericError where the exponentials of log-linear factors are beyond double precision.
void require_exponents(const StatisticalModel& model);

/// A patch for each strength of the grid: the signal of this strength at mu = 1, with the spread of its efficiency as a
/// log-normal nuisance. `workspace` is that of the model, and bound to the patches by its digest. Needs a grid.
[[nodiscard]] base::Json signal_patches(const StatisticalModel& model, const base::Json& workspace);

}  // namespace eddy::exchange
