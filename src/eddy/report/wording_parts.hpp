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
/// "evidence", "poor_fit": the kind of the verdict.
[[nodiscard]] std::string verdict_kind(const Json& result);
/// The working point that the verdict is about; null where there is none.
[[nodiscard]] Json decisive_point(const Json& result);
/// The scan that says how often background does anywhere what it does at the decisive point: in the signal region, else
/// in the whole range. Null where no scan has a global significance.
[[nodiscard]] Json global_scan(const Json& result);
/// "global Z = 1.2"; ">" where no toy reached the data.
[[nodiscard]] std::string global_phrase(const Json& scan);
/// "(calibrated Z = 1.9; local Z = 2.8, global Z = 2.1 before)" of the decisive point, which must be there;
/// "(local Z = 2.8, uncalibrated)" without null experiments.
[[nodiscard]] std::string significance_words(const Json& result);
/// The verdict in words, with its significance where it claims one. Throws InputError for a kind that is not known.
[[nodiscard]] std::string verdict_words(const Json& result);

}  // namespace eddy::report
