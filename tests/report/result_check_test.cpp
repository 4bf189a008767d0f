#include <eddy/base/json.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_check.hpp>

#include <check_throws.hpp>
#include <report/synthetic_extrapolation.hpp>
#include <report/synthetic_output.hpp>
#include <report/synthetic_quak.hpp>
#include <report/synthetic_resonant.hpp>

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <vector>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

using report_test::synthetic_extrapolation;
using report_test::synthetic_output;
using report_test::synthetic_quak;
using report_test::synthetic_resonant;

/// Results of all families.
const std::vector<Json>& results() {
  static const std::vector<Json> all = {
      report_test::result_of(synthetic_output()), report_test::result_of(synthetic_resonant()),
      report_test::result_of(synthetic_extrapolation()),
      report_test::result_of(synthetic_extrapolation({.stage = "cr"})), report_test::result_of(synthetic_quak())};
  return all;
}

TEST(RequireResult, AcceptsWhatSearchesFind) {
  for (const Json& result : results()) {
    EXPECT_NO_THROW(require_result(result)) << result.at("method");
  }
}

TEST(RequireResult, NamesWhatIsMissingOrWrong) {
  for (const Json& result : results()) {
    for (const char* key : {"eddy", "method", "name", "seed", "setup", "inputs", "working_points", "warnings"}) {
      Json broken = result;
      broken.erase(key);
      test::expect_throws_with<std::runtime_error>([&] { require_result(broken); }, key, "is missing", "must be");
      broken[key] = true;
      test::expect_throws_with<std::runtime_error>([&] { require_result(broken); }, key, "is something else");
    }
  }
  Json empty = results().front();
  empty["working_points"] = Json::array();
  test::expect_throws_with<std::runtime_error>([&] { require_result(empty); }, "'working_points'", "at least 2");
  empty.erase("schema");  // an earlier version made no verdict
  EXPECT_NO_THROW(require_result(empty));
  for (const Json& other : {Json(), Json(1), Json::array(), Json("text")}) {
    test::expect_throws_with<std::runtime_error>([&] { require_result(other); }, "no object");
  }
}

/// Every place in a document.
void collect(const Json& node, const Json::json_pointer& at, std::vector<Json::json_pointer>& places) {
  for (const auto& [key, child] : node.items()) {
    const Json::json_pointer place = node.is_array() ? at / std::stoul(key) : at / key;
    places.push_back(place);
    if (child.is_structured()) {
      collect(child, place, places);
    }
  }
}

TEST(RequireResult, CorrectionsGiveThePredictionThatTheyCorrect) {
  Json result = results().front();
  Json& point = result["working_points"][0];
  const double predicted = point.at("predicted");
  point["raw"] = {{"predicted", predicted / 1.25}};
  point["correction"] = {{"factor", 1.25}, {"error", 0.1}};
  EXPECT_NO_THROW(require_result(result));
  const auto expect_refused = [&](const char* key, const Json& value) {
    Json broken = result;
    broken["working_points"][0][key] = value;
    test::expect_throws_with<std::runtime_error>([&] { require_result(broken); }, "working point 1", "'raw' times");
  };
  expect_refused("raw", 5);
  expect_refused("raw", Json(nullptr));
  expect_refused("raw", {{"predicted", predicted}});
  expect_refused("correction", Json::object());
  expect_refused("correction", {{"factor", 1.25}, {"error", -1}});
}

TEST(RequireResult, BlindingAgreesWithTheSetup) {
  for (const Json& result : results()) {
    for (const Json& blinding :
         {Json(nullptr), Json({{"state", 3}}), Json({{"state", "unblinded"}, {"changed", Json::array()}})}) {
      Json broken = result;
      broken["blinding"] = blinding;
      test::expect_throws_with<std::runtime_error>([&] { require_result(broken); }, "'blinding'", "never_blinded");
    }
    Json other = result;
    other["setup"]["blind"] = !result.at("setup").at("blind").get<bool>();
    test::expect_throws_with<std::runtime_error>([&] { require_result(other); }, "'blinding'");
  }
}

/// What is deeper inside is checked where it is read: a report or an exception, never anything undefined (the
/// sanitizers see to that).
TEST(RenderReport, OfAnEditedResultIsARenderedPageOrAnException) {
  const Json figures = {{"figures", Json::array()}};
  const std::vector<Json> values = {Json(),         Json(true),  Json(-1e300), Json("abc"), Json::array(),
                                    Json::object(), Json(1e300), Json(-1),     Json({1}),   Json({{}})};
  std::mt19937 random(1);
  for (const Json& result : results()) {
    std::vector<Json::json_pointer> places;
    collect(result, Json::json_pointer(), places);
    for (std::size_t n = 0; n < 400; ++n) {
      Json edited = result;
      const Json::json_pointer& place = places[random() % places.size()];
      const std::size_t how = random() % (values.size() + 1);
      Json& parent = edited.at(place.parent_pointer());
      if (how < values.size()) {
        edited.at(place) = values[how];
      } else if (parent.is_object()) {
        parent.erase(place.back());
      } else {
        parent.erase(parent.begin());
      }
      try {
        EXPECT_GT(render_report(edited, figures, Json::object()).size(), 1000U);
      } catch (const std::exception& error) {
        EXPECT_STRNE(error.what(), "");
      }
    }
  }
}

}  // namespace
}  // namespace eddy::report
