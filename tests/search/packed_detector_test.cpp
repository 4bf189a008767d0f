#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/packed_detector.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

namespace eddy::search {
namespace {

void expect_refused(const base::Json& json, std::size_t n_flows, const char* why) {
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(unpack_detector(json, n_flows)); }, why,
                                             "damaged");
}

// What a round trip gives is tested with whole scorers (scorer_test.cpp).
TEST(UnpackDetector, wants_what_its_space_needs) {
  base::Json json = {{"space", "z"},
                     {"fixed_context", 0.0},
                     {"use_context", false},
                     {"flows", base::Json::array()},
                     {"classifiers", base::Json::array()}};
  expect_refused(json, 1, "'z' has 0 flows");
  json["space"] = "x";
  expect_refused(json, 1, "0 classifiers");
  json["flows"].push_back(3);
  expect_refused(json, 1, "flow 3 of 1");
  json["flows"] = {0, 1};
  json["data"] = 2;
  expect_refused(json, 3, "2 flows");  // a ratio has one of the background
  json["flows"] = {0};
  expect_refused(json, 2, "flow 2 of 2");
  EXPECT_EQ(unpack_detector(json, 3).data, 2U);
}

TEST(PackedDetector, sees_what_its_flows_and_space_show) {
  const PackedDetector one{.flows = {0, 1}, .data = {}, .space = {SpaceKind::kZ, 0}};
  PackedDetector other = {.flows = {0, 1}, .data = {}, .space = {SpaceKind::kZ, 0}};
  EXPECT_TRUE(sees_the_same(one, other));
  other.flows = {0};
  EXPECT_FALSE(sees_the_same(one, other));
  other.flows = one.flows;
  other.space.fixed_context = 1;
  EXPECT_FALSE(sees_the_same(one, other));
}

}  // namespace
}  // namespace eddy::search
