#include <eddy/base/error.hpp>
#include <eddy/events/events.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace eddy::events {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Events three_events() {
  Events events;
  events.add({"met", "GeV", {700, 800, 900}});
  events.add({"tau21_j1", "", {0.1F, 0.2F, 0.3F}});
  return events;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Events, KeepsColumnsInOrderWithUnits) {
  const Events events = three_events();
  EXPECT_EQ(events.size(), 3U);
  EXPECT_THAT(events.names(), ElementsAre("met", "tau21_j1"));
  EXPECT_TRUE(events.has("met"));
  EXPECT_FALSE(events.has("MET"));
  EXPECT_EQ(events.unit("met"), "GeV");
  EXPECT_THAT(events.column("met"), ElementsAre(700, 800, 900));
}

TEST(Events, MissingColumnNamesTheNearestAndListsAll) {
  const std::string message = message_of([] { (void)three_events().column("tau21_j"); });
  EXPECT_THAT(message,
              AllOf(HasSubstr("'tau21_j'"), HasSubstr("met, tau21_j1"), HasSubstr("did you mean 'tau21_j1'?")));
}

TEST(Events, MissingColumnOfAnEmptyTableSaysSo) {
  EXPECT_THAT(message_of([] { (void)Events{}.column("met"); }), AllOf(HasSubstr("'met'"), HasSubstr("no columns")));
}

TEST(Events, AddRefusesATakenNameAndAnotherLength) {
  Events events = three_events();
  EXPECT_THAT(message_of([&] { events.add({"met", "", {1, 2, 3}}); }), AllOf(HasSubstr("'met'"), HasSubstr("rename")));
  EXPECT_THAT(message_of([&] {
                events.add({"ht", "", {1, 2}});
              }),
              AllOf(HasSubstr("'ht' has 2 values"), HasSubstr("'met' has 3")));
  EXPECT_THAT(events.names(), ElementsAre("met", "tau21_j1"));
}

TEST(Events, TakeKeepsOrderRepeatsAndUnits) {
  const std::vector<std::size_t> rows = {2, 0, 2};
  const Events taken = three_events().take(rows);
  EXPECT_THAT(taken.column("met"), ElementsAre(900, 700, 900));
  EXPECT_THAT(taken.column("tau21_j1"), ElementsAre(0.3F, 0.1F, 0.3F));
  EXPECT_EQ(taken.unit("met"), "GeV");
}

TEST(Events, TakeOfNothingKeepsTheColumns) {
  const Events taken = three_events().take({});
  EXPECT_EQ(taken.size(), 0U);
  EXPECT_THAT(taken.names(), ElementsAre("met", "tau21_j1"));
}

TEST(Events, MatrixHasTheColumnsAskedForInThatOrder) {
  const std::vector<std::string> names = {"tau21_j1", "met"};
  const base::Matrix matrix = three_events().matrix(names);
  EXPECT_EQ(matrix.rows(), 3U);
  EXPECT_THAT(matrix.row(1), ElementsAre(0.2F, 800));
}

}  // namespace
}  // namespace eddy::events
