#pragma once
// How tables and sentences read result.json.

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/families.hpp>

#include <cstddef>
#include <string>

namespace eddy::report {

using base::Json;

/// The number under `key`; NaN where it is absent or null.
[[nodiscard]] double value_of(const Json& object, const char* key);

/// Whether `key` is there and not null.
[[nodiscard]] bool has_value(const Json& object, const char* key);

/// The input with this role, or an empty object.
[[nodiscard]] Json input_of(const Json& result, const std::string& role);

/// That of the method that a result names. Throws InputError for a method that is in no row of the table.
[[nodiscard]] search::Family family_of(const Json& result);

/// Whether the result is that of a resonant search: its signal region is a window.
[[nodiscard]] bool is_resonant(const Json& result);

/// Whether the result is that of a search with extrapolated background (Reweight, Generate, Morph).
[[nodiscard]] bool is_extrapolation(const Json& result);

/// Whether such a search did not look at the signal region: it then has no working points and no scores.
[[nodiscard]] bool is_blind(const Json& result);

/// AUCs of the runs of a closure test.
struct AucSummary {
  std::size_t n = 0;
  double mean = 0;    ///< NaN without runs
  double spread = 0;  ///< standard deviation between runs; 0 for one
  double lowest = 0;
  double highest = 0;
};
[[nodiscard]] AucSummary auc_summary(const Json& auc);

/// The closure test of this name in this region; null where there is none.
[[nodiscard]] Json closure_test_of(const Json& tests, const std::string& region, const std::string& name);

/// Whether ABCD gives another significance than the constructed background: Z differs by more than one.
[[nodiscard]] bool abcd_disagrees(const Json& point);

/// Whether the result is that of a search in a space of losses (QUAK).
[[nodiscard]] bool is_loss_space(const Json& result);

/// "no cut" at efficiency 1, else the efficiency in percent.
[[nodiscard]] std::string cut_of(const Json& point);

/// Whether the sidebands of a resonant working point determine its background: not where a fit to a few sparse bins
/// leaves it uncertain by more than the counts themselves.
[[nodiscard]] bool is_predicted(const Json& point);

/// Whether the background shape fails to describe the sidebands of a resonant working point (p < 0.01): its numbers
/// must not be quoted.
[[nodiscard]] bool is_poor_fit(const Json& point);

/// The point of a curve that is nearest to `efficiency` in ratio, within 15 %; null without one.
[[nodiscard]] Json nearest_point(const Json& points, double efficiency);

}  // namespace eddy::report
