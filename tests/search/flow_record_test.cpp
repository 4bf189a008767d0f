#include <eddy/base/json.hpp>
#include <eddy/search/flow_record.hpp>

#include <gtest/gtest.h>
#include <search/synthetic_resonance.hpp>

#include <algorithm>

namespace eddy::search {
namespace {

TEST(FlowRecord, FindsTheBestFlowOfATaskByItsName) {
  const flow::Flow best = gaussian_flow(resonance_background(100, 1, 0.5));
  const flow::Flow other = gaussian_flow(resonance_background(100, 2, 0.5));
  FlowRecord record;
  record.keep("a", {{"flows", {best.to_json(), other.to_json()}}});
  EXPECT_EQ(record.find("b"), nullptr);
  ASSERT_NE(record.find("a"), nullptr);
  EXPECT_EQ(record.find("a")->to_json(), best.to_json());
}

}  // namespace
}  // namespace eddy::search
