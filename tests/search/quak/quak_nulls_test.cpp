#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/search/evidence/categories.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/quak/quak_bumps.hpp>
#include <eddy/search/quak/quak_nulls.hpp>
#include <eddy/search/validation/calibration_by_nulls.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
#include <search/synthetic_losses.hpp>

#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

constexpr std::size_t kBackground = 20000;
constexpr std::size_t kExperiments = 150;

SearchConfig config_without_toys() {
  SearchConfig config = quick_quak_config();
  config.quak.toys = 0;
  config.calibration.experiments = kExperiments;
  return config;
}

std::vector<float> first_loss(const LossSample& sample) {
  std::vector<float> values;
  for (std::size_t i = 0; i < sample.loss.rows(); ++i) {
    values.push_back(sample.loss(i, 0));
  }
  return values;
}

/// What a search finds in `data`, as far as null experiments need it.
Finding found_in(const LossSample& data, const SearchConfig& config) {
  Finding finding;
  LossSpace& space = finding.loss_space.emplace();
  space.losses = {"background", "p"};
  space.data = data;
  space.background = background_in_losses(kBackground, 5);
  set_numbers(finding.working_points.emplace_back(),
              search_categories({.data = data, .background_loss = first_loss(space.background)}, config, {}));
  return finding;
}

stats::NullMoments moments_of_nulls(const LossSample& data) {
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const SearchConfig config = config_without_toys();
  const SearchInputs inputs;
  const base::Monitor quiet;
  const Finding finding = found_in(data, config);
  const Search search{inputs, config, store, quiet};
  return calibrate_by_nulls(search, quak_nulls(search, finding), finding).points.front().moments;
}

/// Of as many searches in data of their own.
stats::NullMoments moments_of_true_background() {
  const SearchConfig config = config_without_toys();
  std::vector<double> z(kExperiments);
  base::parallel_tasks(kExperiments, [&](std::size_t i) {
    z[i] = found_in(background_in_losses(kBackground, 100 + i), config).working_points.front().z;
  });
  return stats::null_moments(z);
}

// The largest of a scan scatters by about 0.9: means of 150 differ by more than 0.3 once in 250 times, and the spectrum
// and the quantiles of one data set, whose error all experiments share, add less than that.
TEST(QuakNulls, are_as_significant_as_true_background) {
  const stats::NullMoments truth = moments_of_true_background();
  const stats::NullMoments nulls = moments_of_nulls(background_in_losses(kBackground, 1));
  EXPECT_NEAR(nulls.mean, truth.mean, 0.3);
  EXPECT_NEAR(nulls.sd, truth.sd, 0.25);
}

TEST(QuakNulls, have_none_of_the_signal) {
  const LossSample data = both(background_in_losses(kBackground, 1), signal_in_losses(200, 2));
  const Finding finding = found_in(data, config_without_toys());
  EXPECT_GT(finding.working_points.front().z, 8);
  EXPECT_NEAR(moments_of_nulls(data).mean, moments_of_true_background().mean, 0.3);
}

TEST(QuakNulls, need_events_to_learn_from) {
  const SearchConfig config = config_without_toys();
  const Finding finding = found_in(background_in_losses(1500, 1), config);
  const SearchInputs inputs;
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  test::expect_throws_with<base::NumericError>(
      [&] {
        static_cast<void>(quak_nulls({inputs, config, store, {}}, finding));
      },
      "need 2000 data events");
}

TEST(QuakNulls, correct_no_prediction) {
  const SearchConfig config = config_without_toys();
  EXPECT_TRUE(has_null_experiments(config));
  EXPECT_FALSE(has_validation(config));
}

}  // namespace
}  // namespace eddy::search
