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

#include <initializer_list>
#include <vector>

namespace eddy::report {
namespace {

std::vector<Json> results() {
  return {report_test::result_of(report_test::synthetic_output()),
          report_test::result_of(report_test::synthetic_resonant()),
          report_test::result_of(report_test::synthetic_extrapolation()),
          report_test::result_of(report_test::synthetic_extrapolation({.stage = "cr"})),
          report_test::result_of(report_test::synthetic_quak())};
}

/// Removes those of `keys` that have nothing to say: earlier versions did not write them.
void erase_empty(Json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (object.at(key).empty()) {  // null is empty too
      object.erase(key);
    }
  }
}

/// What an earlier version would have written of the same numbers.
Json of_earlier_version(Json result) {
  for (const char* key : {"schema", "evidence", "verdict", "family"}) {
    result.erase(key);
  }
  erase_empty(result,
              {"gate", "sculpting", "cuts", "calibration", "closure", "closure_tests", "weights", "separation"});
  result["setup"].erase("blind");
  for (Json& point : result["working_points"]) {
    for (const char* key : {"evidence", "judgement", "strength", "strength_error", "observed_interval"}) {
      point.erase(key);
    }
    erase_empty(point, {"efficiency", "realised_efficiency", "predicted", "predicted_error", "s_over_sqrt_b",
                        "upper_limit", "expected_upper_limit"});
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
    const Json earlier = of_earlier_version(result);
    EXPECT_LT(earlier.size(), result.size() - 4) << "parts that are empty are gone too: " << result["method"];
    EXPECT_EQ(current_result(earlier), result) << result["method"];
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
