#include <eddy/search/unseen_template.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace eddy::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Six template events; rows 1, 2, 4 and 5 equal the data events 0 to 3, of folds 0, 0, 1, 1.
Sample template_with_twins() {
  Sample sample;
  sample.x = base::Matrix(6, 1);
  sample.twin = {0, 1, 2, 0, 3, 4};
  return sample;
}

const std::vector<std::uint8_t> kDataFold = {0, 0, 1, 1};

TEST(UnseenScores, leave_out_copies_of_what_the_classifiers_were_trained_on) {
  const UnseenScores unseen =
      unseen_scores({0.0F, 0.1F, 0.2F, 0.3F, 0.4F, 0.5F}, {0, 1, 2, 3, 4, 5}, template_with_twins(), kDataFold, 1);
  EXPECT_THAT(unseen.positions, ElementsAre(0, 3, 4, 5));
  EXPECT_THAT(unseen.scores, ElementsAre(0.0F, 0.3F, 0.4F, 0.5F));
  EXPECT_THAT(unseen.weights, ElementsAre(1, 1, 2, 2)) << "two stand for four";
}

TEST(UnseenScores, are_of_the_rows_that_were_scored) {
  const UnseenScores unseen = unseen_scores({0.3F, 0.1F, 0.4F}, {3, 1, 4}, template_with_twins(), kDataFold, 0);
  EXPECT_THAT(unseen.positions, ElementsAre(0, 1));
  EXPECT_THAT(unseen.weights, ElementsAre(1, 2));
}

TEST(UnseenScores, without_copies_are_all_scores) {
  Sample sample = template_with_twins();
  sample.twin.clear();
  const UnseenScores unseen = unseen_scores({0.5F, 0.6F}, {1, 2}, sample, kDataFold, 0);
  EXPECT_THAT(unseen.scores, ElementsAre(0.5F, 0.6F));
  EXPECT_THAT(unseen.weights, IsEmpty());
  EXPECT_THAT(unseen.calibration().weights(), IsEmpty());
}

TEST(UnseenScores, whose_copies_are_all_in_other_folds_stand_for_none) {
  const UnseenScores unseen = unseen_scores({0.1F, 0.3F}, {1, 3}, template_with_twins(), kDataFold, 1);
  EXPECT_THAT(unseen.positions, ElementsAre(1));
  EXPECT_THAT(unseen.weights, IsEmpty());
}

}  // namespace
}  // namespace eddy::search
