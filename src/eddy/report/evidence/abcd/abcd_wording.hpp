#pragma once
// Four counts in words.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/wording.hpp>

#include <string>

namespace eddy::report {

void word_abcd(const Json& result, Wording& wording);
/// "classifiers in z against N(0, 1) samples".
[[nodiscard]] std::string abcd_detector(const Json& setup);

}  // namespace eddy::report
