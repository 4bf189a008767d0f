#pragma once

#include "configurations.hpp"

#include <eddy/base/json.hpp>

namespace eddy::bench {

/// A briefly trained flow of the configuration with its log-densities and gradients in single precision, in the layout
/// of bench/pytorch/reference_file.py, for agreement.py.
[[nodiscard]] base::Json export_flow(const FlowConfiguration& configuration);

}  // namespace eddy::bench
