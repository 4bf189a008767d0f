#pragma once
// What R-ANODE says of the signal's share of the events, in words that make no evidence of it.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// "1.2 % [0.9, 1.5] of the 4,431 events of the signal region": 68.3 % interval; with the truth where there are labels.
[[nodiscard]] std::string signal_fraction_phrase(const Json& fraction);

/// A paragraph of HTML; empty for results without "signal_fraction".
[[nodiscard]] std::string signal_fraction_note(const Json& result);

}  // namespace eddy::report
