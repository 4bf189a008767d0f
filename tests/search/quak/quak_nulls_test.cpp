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
stats::NullMoments search_true_background() {
  const SearchConfig config = config_without_toys();
  std::vector<double> z(kExperiments);
  base::parallel_tasks(kExperiments, [&](std::size_t i) {
    z[i] = found_in(background_in_losses(kBackground, 100 + i), config).working_points.front().z;
  });
  return stats::null_moments(z);
}

const stats::NullMoments& moments_of_true_background() {
  static const stats::NullMoments moments = search_true_background();
  return moments;
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

/// Losses that grow with the mass, as those of jets do.
LossSample following_the_mass(LossSample sample) {
  for (std::size_t i = 0; i < sample.loss.rows(); ++i) {
    sample.loss(i, 0) *= std::pow(sample.mass[i] / 4000, 0.7F);
    sample.loss(i, 1) *= std::pow(sample.mass[i] / 4000, 0.4F);
  }
  return sample;
}

// The cut keeps more events at high masses, so that a cubic does not describe what it leaves: experiments know.
TEST(QuakNulls, know_that_losses_follow_the_mass) {
  const SearchConfig config = config_without_toys();
  std::vector<double> z(kExperiments);
  base::parallel_tasks(kExperiments, [&](std::size_t i) {
    z[i] = found_in(following_the_mass(background_in_losses(kBackground, 100 + i)), config).working_points.front().z;
  });
  const stats::NullMoments truth = stats::null_moments(z);
  const stats::NullMoments nulls = moments_of_nulls(following_the_mass(background_in_losses(kBackground, 1)));
  EXPECT_NEAR(nulls.mean, truth.mean, 0.3);
  EXPECT_NEAR(nulls.sd, truth.sd, 0.25);
}

// The first and the last mass of a scan are no place apart.
TEST(QuakNulls, leave_out_an_excess_at_the_end_of_the_spectra) {
  LossSample data = both(background_in_losses(kBackground, 1), signal_in_losses(200, 2));
  for (std::size_t i = kBackground; i < data.mass.size(); ++i) {
    data.mass[i] = 2810 + std::abs(data.mass[i] - static_cast<float>(kBumpMass)) / 4;
  }
  SearchConfig config = config_without_toys();
  config.quak.scan = {2810, 5000};
  const Finding finding = found_in(data, config);
  EXPECT_LT(std::get<CategorySearch>(finding.working_points.front().evidence).scan.best, 1U);
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const SearchInputs inputs;
  const Search search{inputs, config, store, {}};
  const NullGenerator nulls = quak_nulls(search, finding);
  const Sample drawn = nulls.draw(base::RandomStream({1}, "null")).data;
  std::size_t n_first = 0;
  for (const float mass : drawn.context.values()) {
    n_first += mass < 2900 ? 1 : 0;
  }
  // 1 - (1 - 100 / 3800)^4 of 20,000: 2,023 +- 45, and an error of extrapolation of a few percent.
  EXPECT_NEAR(static_cast<double>(n_first), 2023, 160);
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
