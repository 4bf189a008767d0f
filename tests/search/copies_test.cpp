#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// `n` events of two features and a context, none equal to another. `step`: to which multiples they are rounded; 0:
/// not.
Sample events(std::size_t n, const std::string& task, float step = 0, float context_step = 0) {
  Sample sample;
  sample.x = base::Matrix(n, 2);
  sample.context = base::Matrix(n, 1);
  base::fill_normal(base::RandomStream({3}, task + " x"), 0, sample.x.values());
  base::fill_normal(base::RandomStream({3}, task + " context"), 0, sample.context.values());
  const auto round = [](std::span<float> values, float unit) {
    for (float& value : values) {
      value = unit > 0 ? unit * std::round(value / unit) : value;
    }
  };
  round(sample.x.values(), step);
  round(sample.context.values(), context_step);
  sample.in_signal_region.assign(n, 1);
  sample.index.resize(n);
  std::iota(sample.index.begin(), sample.index.end(), std::uint64_t{100});
  return sample;
}

/// `sample` with its first `n` events once more at the end.
Sample with_copies(Sample sample, std::size_t n) {
  std::vector<std::size_t> rows(sample.size() + n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (std::size_t i = 0; i < n; ++i) {
    rows[sample.size() + i] = i;
  }
  const std::size_t n_before = sample.size();
  sample = take_events(sample, rows);
  for (std::size_t i = 0; i < n; ++i) {
    sample.index[n_before + i] = sample.index[n_before - 1] + 1 + i;
  }
  return sample;
}

TEST(GroupCopies, says_nothing_of_unequal_events) {
  Sample sample = events(2000, "a");
  EXPECT_EQ(group_copies(sample), 0U);
  EXPECT_THAT(sample.group, IsEmpty());
  EXPECT_EQ(split_index(sample), sample.index);
}

TEST(GroupCopies, keeps_copies_in_the_fold_of_the_first) {
  Sample sample = with_copies(events(2000, "a"), 300);
  EXPECT_EQ(group_copies(sample), 300U);
  const std::vector<std::uint8_t> fold = events::assign_folds({1}, "folds", split_index(sample), 5);
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_EQ(fold[2000 + i], fold[i]);
  }
  // The others stand where they would without copies.
  const std::vector<std::uint8_t> alone = events::assign_folds({1}, "folds", events(2000, "a").index, 5);
  EXPECT_TRUE(std::equal(alone.begin(), alone.end(), fold.begin()));
}

TEST(GroupCopies, counts_every_event_beyond_the_first) {
  Sample sample = with_copies(with_copies(events(50, "a"), 50), 50);
  EXPECT_EQ(group_copies(sample), 100U);
}

/// `sample` whose events have the numbers 1, 2, ...
Sample named(Sample sample) {
  IdentityColumn event{.name = "event", .values = std::vector<std::int64_t>(sample.size())};
  std::iota(event.values.begin(), event.values.end(), 1);
  sample.identity = {IdentityColumn{.name = "run", .values = std::vector<std::int64_t>(sample.size(), 7)}, event};
  return sample;
}

/// `sample` with its first `n` events once more at the end, injected: without identity.
Sample with_injected_copies(Sample sample, std::size_t n) {
  const std::size_t n_before = sample.size();
  sample = with_copies(std::move(sample), n);
  for (IdentityColumn& column : sample.identity) {
    std::fill(column.values.begin() + static_cast<std::ptrdiff_t>(n_before), column.values.end(), kNoIdentity);
  }
  return sample;
}

TEST(GroupCopies, finds_injected_events_that_the_data_hold_already) {
  Sample sample = with_injected_copies(named(events(2000, "a")), 30);
  EXPECT_EQ(group_copies(sample), 30U);
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(sample.group[2000 + i], sample.index[i]);
  }
}

TEST(GroupCopies, takes_events_of_other_numbers_for_others) {
  Sample sample = with_copies(named(events(2000, "a")), 30);
  for (std::size_t i = 0; i < 30; ++i) {
    sample.identity[1].values[2000 + i] = static_cast<std::int64_t>(9000 + i);
  }
  EXPECT_EQ(group_copies(sample), 0U);
}

TEST(GroupCopies, leaves_injected_events_alone_that_chance_makes_equal) {
  Sample sample = with_injected_copies(named(events(2000, "a", 0.5F, 0.5F)), 30);
  EXPECT_EQ(group_copies(sample), 0U);
}

TEST(GroupCopies, sees_a_single_copy) {
  Sample sample = with_copies(events(20000, "a"), 1);
  EXPECT_EQ(group_copies(sample), 1U);
  EXPECT_EQ(sample.group.back(), sample.index.front());
}

TEST(GroupCopies, an_event_with_another_context_is_another_event) {
  Sample sample = with_copies(events(2000, "a"), 300);
  for (std::size_t i = 0; i < 300; ++i) {
    sample.context(2000 + i, 0) += 1;
  }
  EXPECT_EQ(group_copies(sample), 0U);
}

/// Features and context of seven values each: of 4000 events many are equal that have nothing to do with each other.
TEST(GroupCopies, equal_events_of_discrete_columns_are_no_copies) {
  Sample sample = events(4000, "a", 1, 1);
  EXPECT_EQ(group_copies(sample), 0U);
  EXPECT_THAT(sample.group, IsEmpty());
}

TEST(GroupCopies, discrete_features_hide_no_copies_where_the_context_is_continuous) {
  Sample once = events(4000, "a", 1);
  EXPECT_EQ(group_copies(once), 0U);
  Sample twice = with_copies(once, 4000);
  EXPECT_EQ(group_copies(twice), 4000U);
}

TEST(GroupCopies, masses_that_were_rounded_hide_no_copies) {
  Sample sample = with_copies(events(4000, "a", 0, 0.1F), 40);
  EXPECT_EQ(group_copies(sample), 40U);
}

TEST(GroupCopies, follow_the_events_that_are_taken) {
  Sample sample = with_copies(events(10, "a"), 2);
  ASSERT_EQ(group_copies(sample), 2U);
  EXPECT_THAT(take_events(sample, {11, 3}).group, ElementsAre(101, 103));
}

TEST(EventNumbers, are_those_of_the_rows_and_the_same_for_copies) {
  Sample sample = with_copies(events(10, "a"), 2);
  EXPECT_THAT(event_numbers(take_events(sample, {11, 3, 1})), ElementsAre(0, 1, 2));
  ASSERT_EQ(group_copies(sample), 2U);
  EXPECT_THAT(event_numbers(take_events(sample, {11, 3, 1, 10})), ElementsAre(0, 1, 0, 2));
}

TEST(FindTwins, finds_events_of_the_data_in_another_sample) {
  const Sample data = events(1000, "data");
  Sample other = events(500, "template");
  EXPECT_EQ(find_twins(other, data), 0U);
  EXPECT_THAT(other.twin, IsEmpty());
  other.x(7, 0) = data.x(42, 0);
  other.x(7, 1) = data.x(42, 1);
  EXPECT_EQ(find_twins(other, data), 0U);  // another context
  other.context(7, 0) = data.context(42, 0);
  EXPECT_EQ(find_twins(other, data), 1U);
  EXPECT_EQ(other.twin[7], 43U);
  EXPECT_THAT(rows_also_in(other, data), ElementsAre(7));
}

TEST(FindTwins, chance_gives_no_twins_of_discrete_events) {
  const Sample data = events(4000, "data", 1, 1);
  Sample other = events(4000, "template", 1, 1);
  EXPECT_EQ(find_twins(other, data), 0U);
}

TEST(FindTwins, share_the_fold_and_train_no_judge_of_it) {
  const Sample data = events(3, "data");
  Sample other = events(4, "template");
  other.twin = {0, 3, 0, 1};
  const std::vector<std::uint8_t> data_fold = {5, 6, 7};
  const std::vector<std::uint8_t> alone = events::assign_folds({1}, "folds", other.index, 5);
  EXPECT_THAT(folds_beside_data(other, data_fold, {1}, "folds", 5), ElementsAre(alone[0], 7, alone[2], 5));
  EXPECT_TRUE(is_twin_outside_fold(other, 1, data_fold, 6));
  EXPECT_FALSE(is_twin_outside_fold(other, 1, data_fold, 7));
  EXPECT_FALSE(is_twin_outside_fold(other, 0, data_fold, 6));
  EXPECT_THAT(without_twins_in_fold({0, 1, 2, 3}, other, data_fold, 7), ElementsAre(0, 2, 3));
  EXPECT_THAT(without_twins_in_fold({0, 1, 2, 3}, other, data_fold, 6), ElementsAre(0, 1, 2, 3));
}

/// Events 0 and 1000 of the data are equal but for their identity, so that they are no copies: one that equals both in
/// another sample may be trained on for neither.
TEST(GroupEventsWithTwin, equal_data_events_of_other_identity_share_a_fold_with_their_twin) {
  Sample data = with_copies(events(1000, "data"), 20);
  IdentityColumn event{.name = "event", .values = std::vector<std::int64_t>(data.size())};
  std::iota(event.values.begin(), event.values.end(), 1);
  data.identity = {event};
  ASSERT_EQ(group_copies(data), 0U);
  Sample other = events(500, "template");
  group_events_with_twin(data, other);
  EXPECT_THAT(data.group, IsEmpty()) << "no twins, nothing to hold together";

  std::ranges::copy(data.x.row(3), other.x.row(7).begin());
  std::ranges::copy(data.context.row(3), other.context.row(7).begin());
  ASSERT_EQ(find_twins(other, data), 1U);
  group_events_with_twin(data, other);
  const std::vector<std::uint8_t> fold = events::assign_folds({1}, "folds", split_index(data), 50);
  EXPECT_EQ(fold[1003], fold[3]);
  EXPECT_EQ(split_index(data)[1003], data.index[3]);
  EXPECT_EQ(split_index(data)[1004], data.index[1004]) << "those without a twin stand where they stood";
  EXPECT_THAT(without_twins_in_fold({7}, other, fold, fold[1003]), IsEmpty());
}

TEST(CopyWarnings, name_file_numbers_and_remedy) {
  InputRecord data{.role = "data", .file = "a.h5", .sha256 = {}, .n_selected = 8000, .n_copies = 4000, .n_clipped = {}};
  InputRecord other{
      .role = "template", .file = "b.h5", .sha256 = {}, .n_selected = 900, .n_also_in_data = 12, .n_clipped = {}};
  EXPECT_THAT(
      copy_warnings({data, other}),
      ElementsAre(AllOf(HasSubstr("4000 of 8000"), HasSubstr("'a.h5'"), HasSubstr("copies"), HasSubstr("remove")),
                  AllOf(HasSubstr("12 of 900"), HasSubstr("'b.h5'"), HasSubstr("in the data too"))));
  EXPECT_THAT(copy_warnings({InputRecord{}}), IsEmpty());
}

}  // namespace
}  // namespace eddy::search
