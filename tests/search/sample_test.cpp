#include <eddy/search/sample.hpp>

#include <gtest/gtest.h>

namespace eddy::search {
namespace {

/// Four events with every column; event i has x = i and M = 10 i, and every other one lies in the signal region.
Sample whole_sample() {
  Sample sample{.name = "template", .x = base::Matrix(4, 1), .context = base::Matrix(4, 1)};
  sample.identity = {{.name = "run", .values = {}}};
  for (std::size_t i = 0; i < 4; ++i) {
    sample.x(i, 0) = static_cast<float>(i);
    sample.context(i, 0) = static_cast<float>(10 * i);
    sample.in_signal_region.push_back(i % 2);
    sample.index.push_back(100 + i);
    sample.truth.push_back(i == 3 ? 1 : 0);
    sample.weight.push_back(0.5F * static_cast<float>(i));
    sample.identity[0].values.push_back(static_cast<std::int64_t>(7 + i));
    sample.group.push_back(100 + i / 2);
    sample.twin.push_back(i);
  }
  sample.quantities = {{"x", ""}, {"M", "GeV"}};
  return sample;
}

TEST(TakeEvents, keeps_every_column_with_its_events) {
  const Sample taken = take_events(whole_sample(), {3, 0});
  EXPECT_EQ(taken.name, "template");
  EXPECT_EQ(taken.x(0, 0), 3);
  EXPECT_EQ(taken.context(1, 0), 0);
  EXPECT_EQ(taken.in_signal_region, (std::vector<std::uint8_t>{1, 0}));
  EXPECT_EQ(taken.index, (std::vector<std::uint64_t>{103, 100}));
  EXPECT_EQ(taken.truth, (std::vector<std::uint8_t>{1, 0}));
  EXPECT_EQ(taken.weight, (std::vector<double>{1.5, 0}));
  EXPECT_EQ(taken.identity.at(0).values, (std::vector<std::int64_t>{10, 7}));
  EXPECT_EQ(taken.group, (std::vector<std::uint64_t>{101, 100}));
  EXPECT_EQ(taken.twin, (std::vector<std::size_t>{3, 0}));
  EXPECT_EQ(taken.quantities.size(), 2U);
}

TEST(TakeEvents, leaves_columns_empty_that_do_not_apply) {
  const Sample plain{.x = base::Matrix(2, 1), .context = base::Matrix(2, 1)};
  const ScoredSample taken = take_events(to_be_scored("data", plain), {1});
  EXPECT_EQ(taken.name, "data");
  EXPECT_EQ(taken.size(), 1U);
  EXPECT_TRUE(taken.weight.empty());
  EXPECT_TRUE(taken.truth.empty());
  EXPECT_TRUE(taken.score.empty());
  EXPECT_EQ(taken.latent.rows(), 0U);
}

TEST(RegionRows, divide_a_sample) {
  EXPECT_EQ(region_rows(whole_sample(), true), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(region_rows(whole_sample(), false), (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(first_context(whole_sample()), (std::vector<float>{0, 10, 20, 30}));
  EXPECT_TRUE(first_context(Sample{.x = base::Matrix(2, 1), .context = base::Matrix(2, 0)}).empty());
}

}  // namespace
}  // namespace eddy::search
