#include <eddy/base/error.hpp>
#include <eddy/search/flow_record.hpp>
#include <eddy/search/validation/calibration_by_nulls.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

namespace eddy::search {
namespace {

SearchConfig quick_cwola(std::int64_t experiments) {
  SearchConfig config = quick_resonant_config("cwola");
  config.calibration.experiments = experiments;
  return config;
}

/// Events of the true background, which no search has to know.
NullGenerator true_background() {
  return {.source = "the true density",
          .draw =
              [](const base::RandomStream& stream) {
                SearchInputs inputs = resonance_inputs(4000, 0, stream.bits_at(0), 0);
                inputs.data.truth.clear();
                return inputs;
              },
          .fresh = {}};
}

std::size_t n_stored(const test::TemporaryFolder& folder) {
  return static_cast<std::size_t>(
      std::ranges::count_if(std::filesystem::directory_iterator(folder.path()),
                            [](const auto& entry) { return entry.path().filename().string().starts_with("null-"); }));
}

Finding what_was_found() {
  Finding finding;
  finding.working_points = {{.efficiency = 1, .z = 0.3},
                            {.efficiency = 0.1, .z = 4},
                            {.efficiency = 0.01, .z = std::numeric_limits<double>::quiet_NaN()}};
  return finding;
}

TEST(CalibrateByNulls, RunsWholeSearchesAndCountsWhatTheyFind) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  const SearchConfig config = quick_cwola(5);
  const NullCalibration calibration =
      calibrate_by_nulls({inputs, config, base::TaskStore(folder.path()), {}}, true_background(), what_was_found());
  EXPECT_EQ(calibration.n_experiments, 5U);
  EXPECT_EQ(calibration.n_failed, 0U);
  EXPECT_EQ(calibration.source, "the true density");
  ASSERT_EQ(calibration.points.size(), 3U);
  for (const CalibratedPoint& point : calibration.points) {
    ASSERT_EQ(point.null_z.size(), 5U);
    // Without correlation of features and mass nothing is wrong with the background: five standard normal numbers.
    EXPECT_LT(std::abs(point.moments.mean), 5 / std::sqrt(5.0));
    std::vector<double> sorted = point.null_z;
    std::ranges::sort(sorted);
    EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end()) << "every experiment has events of its own";
  }
  EXPECT_GT(calibration.points[0].p.value().p_value, calibration.points[1].p.value().p_value);
  EXPECT_TRUE(calibration.points[1].p->is_extrapolated);
  EXPECT_FALSE(calibration.points[2].p.has_value()) << "the search has no Z there";
  EXPECT_DOUBLE_EQ(calibration.global_p_value.value(), 2 * calibration.points[1].p->p_value);
}

/// Flows begin with those of the search where that is asked for; where there are none of them, as all do.
TEST(CalibrateByNulls, BeginsWithTheFlowsOfTheSearch) {
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  SearchConfig config = quick_resonant_config("lacathode");
  config.trained_flows = std::make_shared<FlowRecord>();
  (void)search_alone({inputs, config, store, {}});
  EXPECT_NE(config.trained_flows->find("sideband flow, fold 2, retraining 1"), nullptr);
  config.calibration.experiments = 2;
  const auto z_of = [&](const SearchConfig& of) {
    return calibrate_by_nulls({inputs, of, store, {}}, true_background(), what_was_found()).points[1].null_z;
  };
  const std::vector<double> cold = z_of(config);
  config.calibration.warm_epochs = 1;
  const std::vector<double> warm = z_of(config);
  EXPECT_NE(warm, cold);
  EXPECT_EQ(n_stored(folder), 4U) << "two of each kind";
  SearchConfig without = config;
  without.trained_flows = nullptr;
  EXPECT_EQ(z_of(without), cold);
  EXPECT_EQ(n_stored(folder), 4U);
}

TEST(CalibrateByNulls, GoesOnFromTheExperimentsThatAreThere) {
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  const SearchConfig three = quick_cwola(3);
  const NullCalibration first = calibrate_by_nulls({inputs, three, store, {}}, true_background(), what_was_found());
  EXPECT_EQ(n_stored(folder), 3U);
  EXPECT_EQ(std::ranges::distance(std::filesystem::directory_iterator(folder.path())), 3)
      << "the trainings of an experiment are not kept";
  const SearchConfig four = quick_cwola(4);
  const NullCalibration second = calibrate_by_nulls({inputs, four, store, {}}, true_background(), what_was_found());
  EXPECT_EQ(n_stored(folder), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(second.points[1].null_z[i], first.points[1].null_z[i]);
  }
}

/// What an experiment depends on beside the data: none of another shape of the signal, or of other weights, is taken.
TEST(CalibrateByNulls, ExperimentsBelongToTheirInputs) {
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const SearchConfig config = quick_cwola(1);
  SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  const auto calibrate = [&] {
    (void)calibrate_by_nulls({inputs, config, store, {}}, true_background(), what_was_found());
    return n_stored(folder);
  };
  EXPECT_EQ(calibrate(), 1U);
  EXPECT_EQ(calibrate(), 1U);
  inputs.signal_template_masses = {3.4F, 3.5F, 3.6F};
  EXPECT_EQ(calibrate(), 2U);
  inputs.signal_template_weights = {1, 1, 1};
  EXPECT_EQ(calibrate(), 3U);
  inputs.signal_template_weights = {1, 1 + 1e-12, 1};
  EXPECT_EQ(calibrate(), 4U);
  inputs.data.in_signal_region.front() ^= 1U;
  EXPECT_EQ(calibrate(), 5U);
  inputs.data.index.front() += 100000;  // another fold
  EXPECT_EQ(calibrate(), 6U);
  inputs.data.group = inputs.data.index;
  EXPECT_EQ(calibrate(), 7U);
}

/// Whoever corrects the search must correct the experiments that calibrate it.
TEST(CalibrateByNulls, CorrectsTheExperimentsAsTheSearchWas) {
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  const SearchConfig config = quick_cwola(3);
  const auto calibrate = [&](double factor) {
    const test::TemporaryFolder folder;
    Finding finding = what_was_found();
    finding.validation = Validation{.source = "", .cuts = {}};
    for (const double efficiency : config.efficiencies) {
      finding.validation->cuts.push_back({.efficiency = efficiency, .is_known = true, .correction = {factor, 0.01}});
    }
    return calibrate_by_nulls({inputs, config, base::TaskStore(folder.path()), {}}, true_background(), finding);
  };
  const NullCalibration as_is = calibrate(1);
  const NullCalibration corrected = calibrate(1.5);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(corrected.points[0].null_z[i], as_is.points[0].null_z[i]) << "nothing is corrected before a cut";
    EXPECT_LT(corrected.points[1].null_z[i], as_is.points[1].null_z[i] - 1) << "half as much background again";
  }
}

TEST(CalibrateByNulls, SaysWhatFailed) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  const SearchConfig config = quick_cwola(3);
  const NullGenerator broken{
      .source = "nowhere",
      .draw = [](const base::RandomStream&) -> SearchInputs { throw base::NumericError("no events today"); },
      .fresh = {}};
  const NullCalibration calibration =
      calibrate_by_nulls({inputs, config, base::TaskStore(folder.path()), {}}, broken, what_was_found());
  EXPECT_EQ(calibration.n_failed, 3U);
  EXPECT_FALSE(calibration.global_p_value.has_value());
  ASSERT_EQ(calibration.warnings.size(), 1U);
  EXPECT_EQ(calibration.warnings.front(), "3 of 3 null experiments failed, the first with: no events today");
}

}  // namespace
}  // namespace eddy::search
