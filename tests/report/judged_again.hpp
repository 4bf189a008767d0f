#pragma once
// For tests that change what was found: judgements follow, and so do page and words.

#include <eddy/base/json.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/old_result.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/search/finding.hpp>

#include <string>
#include <utility>

namespace eddy::report_test {

/// result.json of a finding that was changed by hand.
inline base::Json result_of(search::Finding finding) {
  search::judge(finding);
  return report::result_of(finding);
}

/// A result that was changed by hand, judged like one of an earlier version.
inline base::Json judged_again(base::Json result) {
  result.erase("schema");
  return report::current_result(std::move(result));
}

inline report::Wording word(base::Json result) { return report::word(judged_again(std::move(result))); }

/// report.html of `result` with the figures of `finding`.
inline std::string rendered(const base::Json& result, const search::Finding& finding) {
  return report::render_report(result, report::figures_of(finding), nullptr);
}

/// A working point with this significance: 123 events where 100 ± 6 are expected, limit 45, 8.2 expected.
inline void set_point(base::Json& point, double z, double p_value) {
  point["z"] = z;
  point["p_value"] = p_value;
  point["observed"] = 123;
  point["predicted"] = 100.2;
  point["predicted_error"] = 6.3;
  point["upper_limit"] = 45.4;
  point["expected_upper_limit"]["median"] = 8.25;
}

}  // namespace eddy::report_test
