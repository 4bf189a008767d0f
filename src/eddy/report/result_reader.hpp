#pragma once
// How tables and sentences read result.json.

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/judgement.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// The number under `key`; NaN where it is absent or null.
[[nodiscard]] double value_of(const Json& object, const char* key);

/// Whether `key` is there and not null.
[[nodiscard]] bool has_value(const Json& object, const char* key);

/// The input with this role, or an empty object.
[[nodiscard]] Json input_of(const Json& result, const std::string& role);

/// Whether the search did not look at the signal region: it then has no working points and no scores.
[[nodiscard]] bool is_blind(const Json& result);

/// AUCs of the runs of a closure test.
[[nodiscard]] search::AucSummary auc_summary(const Json& auc);

/// The closure test of this name in this region; null where there is none.
[[nodiscard]] Json closure_test_of(const Json& tests, const std::string& region, const std::string& name);

/// AUCs of the runs of that test of a result; none where it was not made.
[[nodiscard]] search::AucSummary closure_auc(const Json& result, const std::string& region, const std::string& name);

/// What a working point may claim: its calibrated Z where null experiments gave one, else its Z; NaN without.
[[nodiscard]] double claimed_z(const Json& point);

/// Whether the numbers of a working point may be quoted.
[[nodiscard]] bool is_quotable(const Json& point);
/// Whether `caveat` ("poor_fit") is among what a reader of the point must know.
[[nodiscard]] bool has_caveat(const Json& point, const char* caveat);

/// Whether labels say how many events of a working point are background.
[[nodiscard]] bool has_truth(const Json& result);

/// Whether a result, or a run of a comparison, is of bump hunts: cuts change the spectrum, and closure means nothing.
[[nodiscard]] bool is_of_bumps(const Json& run);

/// "no cut" at efficiency 1, else the efficiency in percent; "all categories" where no cut has an efficiency.
[[nodiscard]] std::string cut_of(const Json& point);

/// The point of a curve that is nearest to `efficiency` in ratio, within 15 %; null without one.
[[nodiscard]] Json nearest_point(const Json& points, double efficiency);

}  // namespace eddy::report
