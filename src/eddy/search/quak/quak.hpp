#pragma once

#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/quak/quak_output.hpp>

namespace eddy::search {

/// A search in the space of losses (QUAK, 2011.03550): one autoencoder of background and one of each signal prior, on
/// features that one scaler prepares; then, where a mass is configured, bumps behind cuts (method 1) and in categories
/// of the space (method 2); with signals to evaluate, how well the space tells them from background. Everything
/// expensive is a task in `store`. Throws InputError and NumericError.
[[nodiscard]] QuakOutput run_quak(const SearchInputs& inputs, const SearchConfig& config, const base::TaskStore& store,
                                  const base::Monitor& monitor);

}  // namespace eddy::search
