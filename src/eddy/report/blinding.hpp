#pragma once
// What reports say of a signal region that is closed, was opened, or was never closed.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/search/finding.hpp>

#include <string>
#include <vector>

namespace eddy::report {

using base::Json;

/// "blinding" of result.json as far as a search knows it: what was opened when is known by the folder that it lies in.
[[nodiscard]] Json blinding_json(bool is_blind);
/// "expected" of result.json.
[[nodiscard]] Json expectation_json(const search::Expectation& expectation);

/// HTML: a section on the signal region, whether it is closed, and what is expected in it while it is. Empty for
/// results of earlier versions, which do not say.
[[nodiscard]] std::string blinding_section(const Json& result);

/// What a blind search prepared, and what it may expect.
void word_blind(const Json& result, Wording& wording);
/// The background that is expected, and the signal that would show; that it is not known where it is not.
[[nodiscard]] std::string expectation_sentence(const Json& result);

/// For the terminal; none where the signal region is open.
[[nodiscard]] std::vector<std::string> blinding_lines(const search::Finding& finding);

}  // namespace eddy::report
