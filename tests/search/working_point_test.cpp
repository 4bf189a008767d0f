#include <eddy/search/working_point.hpp>

#include <gtest/gtest.h>

namespace eddy::search {
namespace {

TEST(WorkingPoint, has_a_threshold_for_each_fold_and_says_what_the_cut_keeps_of_the_reference) {
  const std::vector<ScoreCalibration> calibrations = {ScoreCalibration({0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F, 0.7F}),
                                                      ScoreCalibration({0.5F, 0.5F, 0.5F, 0.9F})};
  const WorkingPoint point = cut_at(calibrations, 0.5);
  EXPECT_EQ(point.efficiency, 0.5);
  ASSERT_EQ(point.thresholds.size(), 2U);
  EXPECT_EQ(point.thresholds[0], calibrations[0].threshold(0.5));
  EXPECT_EQ(point.thresholds[1], calibrations[1].threshold(0.5));
  EXPECT_NE(point.thresholds[0], point.thresholds[1]);
  EXPECT_EQ(point.realised_efficiency, realised_cut(calibrations, 0.5).efficiency);
}

/// Two labelled signal events and three of background; the last two lie outside the signal region.
ScoredSample labelled_events() {
  ScoredSample data;
  data.truth = {1, 0, 0, 1, 0};
  data.in_signal_region = {1, 1, 1, 0, 0};
  data.background_efficiency = {0.01F, 0.1F, 0.2F, 0.01F, 0.01F};
  return data;
}

TEST(WorkingPoint, counts_labelled_events_of_the_signal_region_that_pass_the_cut_itself_included) {
  WorkingPoint point{.efficiency = 0.1};
  count_truth(labelled_events(), point);
  EXPECT_EQ(point.true_signal, 1);
  EXPECT_EQ(point.true_background, 1);
}

TEST(WorkingPoint, counts_nothing_without_labels) {
  ScoredSample data = labelled_events();
  data.truth.clear();
  WorkingPoint point{.efficiency = 0.1};
  count_truth(data, point);
  EXPECT_FALSE(point.true_signal);
  EXPECT_FALSE(point.true_background);
}

}  // namespace
}  // namespace eddy::search
