#pragma once
// result.json: everything a run found, nothing that depends on when, where or how fast it ran. Keys are sorted, numbers
// have full precision and those that do not exist are null, so equal results give equal bytes. docs/result.schema.json
// describes it.

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/conrad/conrad_output.hpp>
#include <eddy/search/extrapolation/extrapolation_output.hpp>
#include <eddy/search/quak/quak_output.hpp>
#include <eddy/search/resonant/resonant_output.hpp>

namespace eddy::report {

using base::Json;

[[nodiscard]] Json conrad_result(const search::ConradOutput& output);
[[nodiscard]] Json extrapolation_result(const search::ExtrapolationOutput& output);
[[nodiscard]] Json quak_result(const search::QuakOutput& output);
[[nodiscard]] Json resonant_result(const search::ResonantOutput& output);

}  // namespace eddy::report
