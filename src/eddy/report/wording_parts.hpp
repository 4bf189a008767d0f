#pragma once
// Phrases that the wordings of all searches share.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/wording.hpp>

#include <string>
#include <vector>

namespace eddy::report {

/// "a, b and c".
[[nodiscard]] std::string join(const std::vector<std::string>& words);
/// The names of the features, joined.
[[nodiscard]] std::string feature_list(const Json& setup);
/// "an excess of Z = 2.1", or that there is none; "no excess, and no Z" for one that is not finite.
[[nodiscard]] std::string excess_phrase(double z);
/// Verdict and level of a local significance, "Nothing to test" for one that is not finite; `addition` (", global Z
/// = 1.2") stands beside it.
void set_verdict(Wording& wording, double z, const std::string& addition);

/// What tells events apart: "classifiers in z against N(0, 1) samples".
[[nodiscard]] std::string conrad_detector(const Json& setup);
[[nodiscard]] std::string resonant_detector(const Json& setup);
[[nodiscard]] std::string extrapolation_detector(const Json& setup);

/// The words of each family of methods.
[[nodiscard]] Wording word_conrad(const Json& result);
[[nodiscard]] Wording word_resonant(const Json& result);
[[nodiscard]] Wording word_extrapolation(const Json& result);
[[nodiscard]] Wording word_quak(const Json& result);

}  // namespace eddy::report
