#include <eddy/base/error.hpp>
#include <eddy/events/columns.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "check_throws.hpp"

namespace eddy::events {
namespace {

using base::InputError;
using testing::ElementsAre;
using Names = std::vector<std::string>;

const Location kFile = {"events.npy", ""};
const Location kGroup = {"events.h5", "data"};

Names numbered(std::size_t n) {
  Names names;
  for (std::size_t i = 0; i < n; ++i) {
    names.push_back("c" + std::to_string(i));
  }
  return names;
}

TEST(Columns, ListsAreCutAtFortyNames) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a", "b"}), "a, b");
  EXPECT_TRUE(listed(numbered(40)).ends_with("c38, c39"));
  EXPECT_TRUE(listed(numbered(41)).ends_with("c38, c39 and 1 more"));
  EXPECT_EQ(shown(kFile), "'events.npy'");
  EXPECT_EQ(shown(kGroup), "'events.h5:data'");
}

TEST(ChooseColumns, TakesEachOnceInTheOrderAsked) {
  EXPECT_THAT(choose_columns(kFile, {"a", "b", "c"}, {.wanted = {"c", "a", "c"}}), ElementsAre(2, 0));
  EXPECT_THAT(choose_columns(kFile, {"a", "b", "c"}, {}), ElementsAre(0, 1, 2));
  EXPECT_TRUE(choose_columns(kFile, {}, {}).empty());
}

TEST(ChooseColumns, SaysWhetherAColumnIsMissingOrHoldsNoNumbers) {
  const auto choose = [](const std::string& wanted, const Names& available, const Names& not_numbers = {}) {
    return [=] { (void)choose_columns(kGroup, available, {.wanted = {wanted}}, not_numbers); };
  };
  test::expect_throws_with<InputError>(choose("met", {}), "'events.h5:data' has no column 'met'", "columns are: none");
  test::expect_throws_with<InputError>(choose("mett", {"met", "pt"}), "did you mean 'met'?", "met, pt");
  test::expect_throws_with<InputError>(choose("name", {"met"}, {"name"}), "column 'name'", "does not hold numbers",
                                       "convert it");
}

TEST(ChooseColumns, AColumnWithoutANameIsRefusedThoughNobodyWantsIt) {
  test::expect_throws_with<InputError>(
      [] {
        (void)choose_columns(kFile, {"a", "", "b"}, {.wanted = {"b"}});
      },
      "column 2 of 'events.npy' has no name", "give it one");
}

TEST(ChooseColumns, ADoubledNameIsRefusedThoughNobodyWantsIt) {
  test::expect_throws_with<InputError>(
      [] {
        (void)choose_columns(kFile, {"a", "b", "a"}, {.wanted = {"b"}});
      },
      "two columns named 'a'", "rename");
}

TEST(ChooseColumns, EveryColumnOfTheFileMayBeRefused) {
  ReadOptions options = {.wanted = {"met"}};
  options.refusal = [](const std::string& name) { return name == "m" ? "which [columns] hides" : ""; };
  EXPECT_THAT(choose_columns(kFile, {"pt", "met"}, options), ElementsAre(1));
  const std::string words = "has a column 'm', which [columns] hides";
  test::expect_throws_with<InputError>([&] { (void)choose_columns(kFile, {"met", "m"}, options); }, words);
  test::expect_throws_with<InputError>([&] { (void)choose_columns(kFile, {"met"}, options, {"m"}); }, words);
}

TEST(HeldType, IsTheStoredOneForExactColumnsAlone) {
  const ReadOptions options = {.exact = {"event"}};
  EXPECT_EQ(held_type(NumberType::kUint64, "event", options), NumberType::kUint64);
  EXPECT_EQ(held_type(NumberType::kUint64, "events", options), NumberType::kFloat32);
}

TEST(GivenNames, ReplaceCountedNamesOnly) {
  const Names given = {"a", "b"};
  for (const Names& counted : {Names{"0", "1"}, {"arr_0", "arr_1"}, {"-1", "pt"}}) {
    EXPECT_EQ(given_names(kFile, counted, given), given) << counted[0];
    EXPECT_EQ(given_names(kFile, counted, {}), counted);
  }
  EXPECT_THAT(given_names(kFile, {"b", "a"}, given), ElementsAre("b", "a")) << "the file's own order";
  for (const std::string odd : {"arr_", "-", "1.5", "arr_x", ""}) {  // no counts
    test::expect_throws_with<InputError>(
        [&] {
          (void)given_names(kFile, {odd, "pt"}, given);
        },
        "have names", odd + ", pt", "leave it away");
  }
  test::expect_throws_with<InputError>(
      [&] {
        (void)given_names(kFile, {"0", "1", "2"}, given);
      },
      "3 columns", "2 names", "one name per column");
}

TEST(ArrayColumnNames, CountFromZeroWhereNoneAreGiven) {
  EXPECT_THAT(array_column_names(kFile, 3, {}), ElementsAre("0", "1", "2"));
  EXPECT_THAT(array_column_names(kFile, 1, {"a"}), ElementsAre("a"));
  test::expect_throws_with<InputError>(
      [] {
        (void)array_column_names(kFile, 1, {"a", "b"});
      },
      "array of 1 columns", "2 names");
}

}  // namespace
}  // namespace eddy::events
