// Rows, undefined conditions and quantities, one sample at a time. Through files and configurations: inputs_test.cpp.

#include <eddy/base/error.hpp>
#include <eddy/search/event_selection.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "check_throws.hpp"

namespace eddy::search {
namespace {

using base::InputError;
using testing::ElementsAre;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class EventSelectionTest : public testing::Test {
 protected:
  EventSelectionTest() {
    section.file = "file.h5";
    table.add({"m", "GeV", {100, 200, 300, 400, 500, 600}});
    table.add({"a b", "", {1, kNan, 3, 4, kNan, 6}});
    table.add({"w", "", std::vector<double>{1, 2, 1e39, 4, 5, 6}});  // infinite as float32
  }
  [[nodiscard]] EventSelection select(const std::vector<std::string>& quantities = {}) const {
    return select_events({config, section, role}, table, quantities);
  }
  template <class... Parts>
  void expect_refused(const std::vector<std::string>& quantities, const Parts&... parts) const {
    test::expect_throws_with<InputError>([&] { (void)select(quantities); }, parts...);
  }

  SearchConfig config;
  SampleSection section;
  std::string role = "data";
  events::Events table;
};

TEST_F(EventSelectionTest, WithoutConditionsKeepsAllInTheRegion) {
  const EventSelection all = select();
  EXPECT_THAT(all.rows, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(all.in_signal_region, ElementsAre(1, 1, 1, 1, 1, 1));
  EXPECT_EQ(all.n_dropped, 0U);
}

TEST_F(EventSelectionTest, RowsAndBothSelectionsMustHold) {
  config.regions = {.selection = "m > 100", .signal = "m >= 400"};
  section.selection = "m < 600";
  section.rows = {1, 4};  // the last one is not taken
  const EventSelection some = select();
  EXPECT_THAT(some.rows, ElementsAre(1, 2, 3));
  EXPECT_THAT(some.in_signal_region, ElementsAre(0, 0, 1));
  section.rows = {4, 100};
  EXPECT_THAT(select().rows, ElementsAre(4));
  section.rows = {2, 2};
  EXPECT_TRUE(select().rows.empty());
}

TEST_F(EventSelectionTest, AnUndefinedConditionNamesTheFirstRowOfTheFileAndTheRemedy) {
  config.regions.selection = "`a b` > 0";
  section.rows = {2, 6};
  expect_refused({}, "[regions] selection '`a b` > 0'", "undefined for 1 events of the data ('file.h5')", "row 4",
                 "column 'a b' is NaN", "isfinite(`a b`) && ...", "nonfinite = \"drop\" in [data]");
  section.nonfinite = "drop";
  EXPECT_THAT(select().rows, ElementsAre(2, 3, 5));
  EXPECT_EQ(select().n_dropped, 1U);
}

TEST_F(EventSelectionTest, AnEventThatIsExcludedAnywayNeedsNoDefinedValues) {
  config.regions.selection = "`a b` > 0";
  section.selection = "m != 200 && m != 500";
  EXPECT_THAT(select().rows, ElementsAre(0, 2, 3, 5));
  section.selection = "m < 300";
  config.regions.selection = "";
  EXPECT_THAT(select({"w"}).rows, ElementsAre(0, 1)) << "the quantity of row 2 is not asked for";
}

TEST_F(EventSelectionTest, QuantitiesMustBeFiniteAsFloat32) {
  expect_refused({"m", "w"}, "column 'w' of the data ('file.h5')", "1 selected events", "first in row 2",
                 "[regions] selection or set nonfinite");
  section.nonfinite = "drop";
  EXPECT_THAT(select({"m", "w"}).rows, ElementsAre(0, 1, 3, 4, 5));
}

TEST_F(EventSelectionTest, AnEventIsDroppedAndCountedOnce) {
  section.nonfinite = "drop";
  config.regions = {.selection = "m > 0", .signal = "`a b` > 3"};
  section.selection = "`a b` > 0";
  const EventSelection some = select({"a b", "w", "a b"});
  EXPECT_THAT(some.rows, ElementsAre(0, 3, 5));
  EXPECT_THAT(some.in_signal_region, ElementsAre(0, 1, 1));
  EXPECT_EQ(some.n_dropped, 3U) << "rows 1, 2 and 4";
}

TEST_F(EventSelectionTest, AnUndefinedRegionNamesTheColumnBehindIt) {
  config.regions.signal = "`a b` > 3";
  expect_refused({"a b"}, "column 'a b' of the data", "2 selected events", "first in row 1");
  expect_refused({}, "[regions] signal '`a b` > 3'", "2 events", "first in row 1");
  config.regions.signal = "(m - 300) / (m - 300) > 0";
  expect_refused({}, "first in row 2", "such as 0 / 0");
}

TEST_F(EventSelectionTest, TheRemedyIsThatOfTheSample) {
  section.selection = "`a b` > 0";
  for (const auto& [of, name] : std::vector<std::pair<std::string, std::string>>{{"data", "[data]"},
                                                                                 {"template", "[template]"},
                                                                                 {"simulation", "[simulation]"},
                                                                                 {"background", "[background]"},
                                                                                 {"prior x y", "[[prior]]"},
                                                                                 {"evaluate z", "[[evaluate]]"}}) {
    role = of;
    expect_refused({}, name + " selection '`a b` > 0'", "of the " + of + " ('file.h5')",
                   "set nonfinite = \"drop\" in " + name);
  }
  role = "events";
  expect_refused({}, "remove them from the file");
}

}  // namespace
}  // namespace eddy::search
