#include <eddy/base/error.hpp>
#include <eddy/search/resonant/resonant_nulls.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

constexpr std::size_t kData = 20000;
constexpr double kCorrelation = 0.5;

class ResonantNulls : public testing::Test {
 protected:
  ResonantNulls()
      : inputs(resonance_inputs(kData, 0, 1, kCorrelation)),
        config(quick_resonant_config("cwola")),
        store(folder.path()),
        finding(run_search({inputs, config, store, {}}).finding) {}

  [[nodiscard]] SearchInputs draw(std::uint64_t experiment) const {
    return resonant_nulls({inputs, config, store, {}}, finding).draw({{experiment}, "null"});
  }

  test::TemporaryFolder folder;
  SearchInputs inputs;
  SearchConfig config;
  base::TaskStore store;
  Finding finding;
};

TEST_F(ResonantNulls, HaveTheMassesOfTheBackground) {
  const Sample null = draw(1).data;
  EXPECT_TRUE(null.truth.empty());
  // Poisson numbers of all events, and of those in the signal region, whose mean is what the sidebands predict.
  EXPECT_NEAR(static_cast<double>(null.size()), kData, 5 * std::sqrt(2.0 * kData));
  const auto& prediction = std::get<BumpHunt>(finding.working_points.front().evidence).prediction.value();
  const auto in_region = static_cast<double>(std::ranges::count(null.in_signal_region, 1));
  EXPECT_NEAR(in_region, prediction.total, 5 * std::sqrt(prediction.total));
  EXPECT_NE(draw(2).data.size(), null.size());
  const Sample again = draw(1).data;
  EXPECT_TRUE(std::ranges::equal(again.x.values(), null.x.values()));
}

/// Fresh events of the signal region can be many more than those beside it, with the same spectrum each.
TEST_F(ResonantNulls, HaveAsManyFreshEventsInTheSignalRegionAsAreAskedFor) {
  const NullGenerator nulls = resonant_nulls({inputs, config, store, {}}, finding);
  const Sample fresh = nulls.fresh({{1}, "fresh"}, {.beside = 0.5, .inside = 4});
  const auto n_inside = static_cast<double>(std::ranges::count(fresh.in_signal_region, 1));
  const auto& prediction = std::get<BumpHunt>(finding.working_points.front().evidence).prediction.value();
  EXPECT_NEAR(n_inside, 4 * prediction.total, 5 * std::sqrt(4 * prediction.total));
  const double beside = 0.5 * (kData - prediction.total);
  EXPECT_NEAR(static_cast<double>(fresh.size()) - n_inside, beside, 5 * std::sqrt(2 * beside));
}

/// The features follow the mass as in the data: their mean is kCorrelation m.
TEST_F(ResonantNulls, HaveTheFeaturesOfTheData) {
  const Sample null = draw(1).data;
  for (std::size_t f = 0; f < null.x.cols(); ++f) {
    double residual = 0;
    double slope = 0;
    for (std::size_t i = 0; i < null.size(); ++i) {
      const double mass = null.context(i, 0);
      residual += null.x(i, f) - kCorrelation * mass;
      slope += (null.x(i, f) - kCorrelation * mass) * (mass - 3);
    }
    // A flow of few epochs is off by a few hundredths of a standard deviation.
    EXPECT_NEAR(residual / static_cast<double>(null.size()), 0, 0.1) << f;
    EXPECT_NEAR(slope / static_cast<double>(null.size()), 0, 0.1) << f;
  }
}

TEST_F(ResonantNulls, CanBeSearched) {
  const SearchInputs null = draw(3);
  SearchConfig quiet = config;
  quiet.numbers_only = true;
  const Finding found = run_search({null, quiet, store.without_writing(), {}}).finding;
  EXPECT_EQ(found.working_points.size(), finding.working_points.size());
  EXPECT_FALSE(found.gate.has_value());
  EXPECT_FALSE(found.sculpting.has_value());
}

TEST_F(ResonantNulls, DoNotExistForBenchmarks) {
  EXPECT_TRUE(has_null_experiments(config));
  config.classifier.reference = "true_background";
  EXPECT_FALSE(has_null_experiments(config));
}

TEST_F(ResonantNulls, NeedABackgroundFit) {
  finding.working_points.clear();
  test::expect_throws_with<base::NumericError>([&] { (void)draw(1); }, "need a background fit");
}

}  // namespace
}  // namespace eddy::search
