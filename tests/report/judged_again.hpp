#pragma once
// For tests that change what was found: judgements follow.

#include <eddy/base/json.hpp>
#include <eddy/report/old_result.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/search/finding.hpp>

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

}  // namespace eddy::report_test
