#include <eddy/base/error.hpp>
#include <eddy/search/validation/chain_validation.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>

#include <cmath>
#include <limits>

namespace eddy::search {
namespace {

/// Events of the true background, which no search has to know.
Sample background(const base::RandomStream& stream, double n) {
  return resonance_background(static_cast<std::size_t>(n), stream.bits_at(0), 0);
}

Sample fresh_background(const base::RandomStream& stream, const FreshFactors& factors) {
  const Sample sample = background(stream, 4000 * factors.inside);
  const auto kept_beside = static_cast<std::size_t>(factors.inside / factors.beside);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (sample.in_signal_region[i] != 0 || i % kept_beside == 0) {
      rows.push_back(i);
    }
  }
  return take_events(sample, rows);
}

NullGenerator true_background() {
  return {.source = "the true density",
          .draw =
              [](const base::RandomStream& stream) {
                SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
                inputs.data = background(stream, 4000);
                return inputs;
              },
          .fresh = [](const base::RandomStream& stream,
                      const FreshFactors& factors) { return fresh_background(stream, factors); }};
}

class ChainValidation : public testing::Test {
 protected:
  ChainValidation() : inputs(resonance_inputs(4000, 0, 1, 0)), config(quick_resonant_config("cwola")) {
    config.validation.experiments = 3;
    config.validation.windows = 0;
  }
  [[nodiscard]] Validation validate(const NullGenerator& generator) const {
    return validate_chain({inputs, config, base::TaskStore(folder.path()), {}}, generator, {});
  }

  test::TemporaryFolder folder;
  SearchInputs inputs;
  SearchConfig config;
};

/// Features that know nothing of the mass: whatever the classifiers learn, as much passes in the signal region as
/// beside it. The ratios scatter by the counts of fresh events.
TEST_F(ChainValidation, SeesNothingWhereNothingIsWrong) {
  const Validation validation = validate(true_background());
  EXPECT_EQ(validation.n_experiments, 3U);
  EXPECT_EQ(validation.n_failed, 0U);
  const double n_inside = 4000 * kWindowFraction;
  EXPECT_EQ(validation.fresh.beside, 20) << "200 would pass 0.1 % of 3600 fifty-five times";
  EXPECT_EQ(validation.fresh.inside, 20) << "400 would pass 0.1 % of 393 a thousand times";
  ASSERT_EQ(validation.cuts.size(), config.efficiencies.size());
  for (const ValidatedCut& cut : validation.cuts) {
    ASSERT_EQ(cut.observed.size(), 3U);
    EXPECT_TRUE(cut.is_known);
    double counts = 0;
    for (const double n : cut.observed) {
      EXPECT_NEAR(n, 20 * n_inside * cut.efficiency, 5 * std::sqrt(20 * n_inside));
      counts += n;
    }
    // The mean of three: the counts, and as much again for the fit of the sidebands.
    EXPECT_NEAR(std::log(cut.correction.factor), 0, 5 * std::sqrt(2 / counts)) << cut.efficiency;
    EXPECT_GT(cut.correction.error, 0);
  }
}

/// Twice as many fresh events pass in the signal region as the chain knows of: it is the counts of these that are used.
TEST_F(ChainValidation, CountsTheFreshEvents) {
  NullGenerator doubled = true_background();
  doubled.fresh = [](const base::RandomStream& stream, const FreshFactors& factors) {
    const Sample sample = fresh_background(stream, factors);
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      rows.insert(rows.end(), sample.in_signal_region[i] != 0 ? 2 : 1, i);
    }
    return take_events(sample, rows);
  };
  for (const ValidatedCut& cut : validate(doubled).cuts) {
    EXPECT_NEAR(cut.correction.factor, 2, 0.4) << cut.efficiency;
  }
}

TEST_F(ChainValidation, SaysWhatIsNotKnown) {
  NullGenerator broken = true_background();
  broken.draw = [](const base::RandomStream&) -> SearchInputs { throw base::NumericError("no events today"); };
  const Validation validation = validate(broken);
  EXPECT_EQ(validation.n_failed, 3U);
  ASSERT_EQ(validation.warnings.size(), 1 + config.efficiencies.size());
  EXPECT_EQ(validation.warnings[0], "3 of 3 validation experiments failed, the first with: no events today");
  for (const ValidatedCut& cut : validation.cuts) {
    EXPECT_FALSE(cut.is_known);
    EXPECT_EQ(cut.correction.factor, 1);
  }
}

TEST_F(ChainValidation, CorrectsWhatTheSearchFound) {
  const Search search{inputs, config, base::TaskStore(folder.path()), {}};
  config.validation.experiments = 0;
  Finding finding = run_search(search).finding;
  const Finding before = finding;
  apply_corrections(search, {}, finding);
  std::vector<Correction> corrections(config.efficiencies.size());
  corrections[0] = {.factor = 1.25, .error = 0.1};
  apply_corrections(search, corrections, finding);
  EXPECT_FALSE(finding.working_points[0].raw) << "nothing is wrong before a cut";
  EXPECT_FALSE(finding.working_points[2].raw) << "a factor of 1 without error is none";
  const WorkingPoint& corrected = finding.working_points[1];
  const WorkingPoint& as_it_was = before.working_points[1];
  ASSERT_TRUE(corrected.raw.has_value());
  EXPECT_EQ(corrected.raw->predicted, as_it_was.predicted);
  EXPECT_EQ(corrected.raw->z, as_it_was.z);
  EXPECT_EQ(corrected.observed, as_it_was.observed);
  EXPECT_NEAR(corrected.predicted, 1.25 * as_it_was.predicted, 1e-9 * corrected.predicted);
  EXPECT_NEAR(corrected.predicted_error,
              std::hypot(1.25 * as_it_was.predicted_error, std::expm1(0.1) * corrected.predicted), 1e-9);
  EXPECT_LT(corrected.z, as_it_was.z);
  EXPECT_NEAR(corrected.strength, as_it_was.strength - 0.25 * as_it_was.predicted, 0.1 * as_it_was.predicted)
      << "what was signal becomes background";
}

TEST_F(ChainValidation, IsPartOfASearch) {
  config.validation.experiments = 2;
  const Finding finding = run_search({inputs, config, base::TaskStore(folder.path()), {}}).finding;
  ASSERT_TRUE(finding.validation.has_value());
  EXPECT_EQ(finding.validation->n_experiments, 2U);
  EXPECT_TRUE(finding.validation->tried.windows.empty());
  EXPECT_TRUE(finding.working_points[1].raw.has_value());
}

TEST_F(ChainValidation, TriesWindowsBesideTheSignalRegion) {
  config.validation.experiments = 2;
  config.validation.windows = 1;
  inputs = resonance_inputs(6000, 0, 1, 0);
  const Finding finding = run_search({inputs, config, base::TaskStore(folder.path()), {}}).finding;
  ASSERT_TRUE(finding.validation.has_value());
  ASSERT_EQ(finding.validation->tried.windows.size(), 1U);
  EXPECT_EQ(finding.validation->tried.windows[0].high, kWindowLow);
  EXPECT_TRUE(finding.validation->cuts.front().windows.has_value());
}

}  // namespace
}  // namespace eddy::search
