#pragma once
// A bump hunt in words.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/wording.hpp>

#include <string>

namespace eddy::report {

void word_bump(const Json& result, Wording& wording);
/// "classifiers in z against N(0, 1) samples", or what else tells events apart.
[[nodiscard]] std::string bump_detector(const Json& setup);

}  // namespace eddy::report
