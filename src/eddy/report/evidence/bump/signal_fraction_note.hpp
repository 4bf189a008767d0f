#pragma once
// What R-ANODE says of the signal's share of the events, in words that make no evidence of it.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// "1.2 % [0.9, 1.5] of the 4,431 events of the signal region, and 0.3 % [0.1, 0.5] of the 4,120 beside it, where there
/// should be none": 68.3 % intervals; with the truth where there are labels.
[[nodiscard]] std::string signal_fraction_phrase(const Json& fraction);

/// A paragraph of HTML; empty for results without "signal_fraction".
[[nodiscard]] std::string signal_fraction_note(const Json& result);

}  // namespace eddy::report
