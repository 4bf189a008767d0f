#include <eddy/base/error.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <gtest/gtest.h>

#include <limits>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

using test::expect_throws_with;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(MassHistogram, counts_events_in_half_open_bins) {
  const MassHistogram histogram = fill_histogram({1, 2, 4}, {0.5, 1, 1.5, 2, 3.9, 4, 7});
  EXPECT_EQ(histogram.counts, (std::vector<double>{2, 2}));
}

TEST(MassHistogram, refuses_bad_edges_and_counts) {
  const auto check = [](const std::vector<double>& edges, const std::vector<double>& counts) {
    return [=] { check_histogram({edges, counts}); };
  };
  expect_throws_with<base::InputError>(check({1, 3, 2}, {1, 1}), "ascend", "edge 2 is 2", "sort");
  expect_throws_with<base::InputError>(check({1, kNan, 2}, {1, 1}), "edge 1 is nan", "finite");
  expect_throws_with<base::InputError>(check({1, 2, 3}, {1, kNan}), "bin 1 (2 to 3) holds nan", "unweighted");
  expect_throws_with<base::InputError>(check({1, 2, 3}, {-1, 2}), "bin 0 (1 to 2) holds -1");
  expect_throws_with<base::InputError>(check({1, 2, 3}, {0, 0}), "from 1 to 3 is empty", "loosen");
  expect_throws_with<base::InputError>(check({1, 2}, {1, 2}), "2 bins needs 3 edges but has 2");
  expect_throws_with<base::InputError>(check({}, {}), "at least one bin");
  expect_throws_with<base::InputError>(
      [] {
        static_cast<void>(fill_histogram({1, 2}, {1.5, kNan}));
      },
      "event 1", "nan");
  expect_throws_with<base::InputError>([] { static_cast<void>(fill_histogram({1}, {1.5})); }, "has 1");
}

TEST(SignalRegion, takes_every_bin_it_touches) {
  const MassHistogram histogram{{1, 2, 3, 4, 5}, {1, 1, 1, 1}};
  const BinRange exact = bins_of(histogram, {2, 4});
  EXPECT_EQ(exact.first, 1U);
  EXPECT_EQ(exact.last, 3U);
  const BinRange straddling = bins_of(histogram, {1.9, 2.1});
  EXPECT_EQ(straddling.first, 0U);
  EXPECT_EQ(straddling.last, 2U);
}

TEST(SignalRegion, needs_a_binning) {
  expect_throws_with<base::InputError>([] { static_cast<void>(bins_of({{1, 2}, {1, 1}}, {1, 2})); }, "3 edges");
}

TEST(SignalRegion, needs_sidebands) {
  const MassHistogram histogram{{1, 2, 3}, {1, 1}};
  const auto bins = [&](MassWindow window) { return [=] { static_cast<void>(bins_of(histogram, window)); }; };
  expect_throws_with<base::InputError>(bins({1.5, 2.5}), "1.5 to 2.5", "all 2 bins", "narrow");
  expect_throws_with<base::InputError>(bins({4, 5}), "4 to 5", "fit range 1 to 3");
  expect_throws_with<base::InputError>(bins({2, 2}), "2 to 2");
  expect_throws_with<base::InputError>(bins({kNan, 2}), "nan");
}

}  // namespace
}  // namespace eddy::stats
