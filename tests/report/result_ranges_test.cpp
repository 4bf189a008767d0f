#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_ranges.hpp>

#include <check_throws.hpp>
#include <report/synthetic_extrapolation.hpp>
#include <report/synthetic_output.hpp>
#include <report/synthetic_quak.hpp>
#include <report/synthetic_resonant.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

/// Results of all families.
std::vector<Json> results() {
  return {report_test::result_of(report_test::synthetic_output()),
          report_test::result_of(report_test::synthetic_resonant()),
          report_test::result_of(report_test::synthetic_extrapolation()),
          report_test::result_of(report_test::synthetic_quak())};
}

TEST(RequirePossibleValues, AcceptsWhatSearchesFind) {
  for (const Json& result : results()) {
    EXPECT_NO_THROW(require_possible_values(result)) << result.at("method");
  }
}

// Edits by hand that no search can have found: each was taken over by report, compare and score.
TEST(RequirePossibleValues, NamesTheKeyTheValueAndWhatItMustBe) {
  const auto refuses = [](const Json& result, const char* pointer, const Json& value, const auto&... words) {
    Json edited = result;
    edited.at(Json::json_pointer(pointer)) = value;
    test::expect_throws_with<std::runtime_error>([&] { require_possible_values(edited); }, words...);
  };
  for (const Json& result : results()) {
    for (std::size_t i = 0; i < result.at("working_points").size(); ++i) {
      const std::string point = "/working_points/" + std::to_string(i);
      const std::string place = "working_points[" + std::to_string(i) + "]";
      refuses(result, (point + "/observed").c_str(), -3, place + ".observed", "-3", "0 or more");
      refuses(result, (point + "/p_value").c_str(), 2, place, "2");
      refuses(result, (point + "/judgement/caveats").c_str(), Json({"haunted"}), place + ".judgement.caveats",
              "haunted", "a caveat that this eddy knows");
      if (result.at("working_points")[i].at("efficiency").is_number()) {
        refuses(result, (point + "/efficiency").c_str(), 1.5, place + ".efficiency", "1.5", "from 0 to 1");
      }
      if (result.at("working_points")[i].at("z").is_number()) {
        refuses(result, (point + "/z").c_str(), 7.5, place + ".z", "7.5", "the Z of p_value =");
        refuses(result, (point + "/z").c_str(), Json(), place + ".z", "null", "the Z of p_value =");
      }
    }
    refuses(result, "/inputs/0/n_selected", -1, "inputs[0].n_selected", "-1");
    refuses(result, "/verdict/kind", "haunted", "verdict.kind", "haunted");
    refuses(result, "/verdict/level", 3, "verdict.level", "3");
  }
  refuses(results().front(), "/working_points/0/regions/B", -1, "working_points[0].regions.B", "-1");
}

}  // namespace
}  // namespace eddy::report
