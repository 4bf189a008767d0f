#pragma once
// A count against constructed background in words.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/wording.hpp>

#include <string>

namespace eddy::report {

/// A blind search says nothing of an excess.
void word_template_count(const Json& result, Wording& wording);
/// "5 background models".
[[nodiscard]] std::string template_count_detector(const Json& setup);

}  // namespace eddy::report
