#pragma once
// Is what the fit finds what was injected?

#include <eddy/search/limits/limit_result.hpp>

#include <cstddef>
#include <vector>

namespace eddy::search {

/// The response at cut `cut` over all `injections` that have a fit there, those without signal included. Measured with
/// four of them and more, where the slope is known to a third; its error is that of the scatter around the line.
[[nodiscard]] SignalResponse signal_response(const std::vector<Injection>& injections, std::size_t cut);

/// `signal` as it would be with slope 1.
[[nodiscard]] stats::PassingSignal without_response(const stats::PassingSignal& signal, const SignalResponse& response);

}  // namespace eddy::search
