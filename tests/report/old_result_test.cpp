#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/old_result.hpp>

#include <check_throws.hpp>
#include <report/judged_again.hpp>
#include <report/synthetic_extrapolation.hpp>
#include <report/synthetic_output.hpp>
#include <report/synthetic_quak.hpp>
#include <report/synthetic_resonant.hpp>

#include <gtest/gtest.h>

namespace eddy::report {
namespace {

std::vector<Json> results() {
  return {report_test::result_of(report_test::synthetic_output()),
          report_test::result_of(report_test::synthetic_resonant()),
          report_test::result_of(report_test::synthetic_extrapolation()),
          report_test::result_of(report_test::synthetic_extrapolation({.stage = "cr"})),
          report_test::result_of(report_test::synthetic_quak())};
}

/// What an earlier version would have written of the same numbers.
Json of_earlier_version(Json result) {
  for (const char* key : {"schema", "evidence", "verdict", "family"}) {
    result.erase(key);
  }
  result["setup"].erase("blind");
  for (Json& point : result["working_points"]) {
    for (const char* key : {"evidence", "judgement", "strength", "strength_error"}) {
      point.erase(key);
    }
  }
  return result;
}

TEST(CurrentResult, LeavesResultsOfThisVersionAlone) {
  for (const Json& result : results()) {
    EXPECT_EQ(current_result(result), result);
  }
}

TEST(CurrentResult, JudgesEarlierResultsAsThisVersionWould) {
  for (const Json& result : results()) {
    const Json current = current_result(of_earlier_version(result));
    EXPECT_EQ(current["verdict"], result["verdict"]) << result["method"];
    EXPECT_EQ(current["working_points"], result["working_points"]) << result["method"];
    EXPECT_EQ(current["setup"]["blind"], result["setup"]["blind"]) << result["method"];
    EXPECT_EQ(current["evidence"], result["evidence"]);
  }
}

TEST(CurrentResult, RefusesWhatItDoesNotKnow) {
  Json result = results().front();
  result["schema"] = 3;
  test::expect_throws_with<base::InputError>([&] { (void)current_result(result); }, "schema 3", "later eddy");
  result.erase("schema");
  result["method"] = "dowsing";
  test::expect_throws_with<base::InputError>([&] { (void)current_result(result); }, "'dowsing'");
}

}  // namespace
}  // namespace eddy::report
