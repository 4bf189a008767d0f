#include <eddy/base/error.hpp>
#include <eddy/jets/features.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "check_throws.hpp"
#include "jets/random_particles.hpp"

namespace eddy::jets {
namespace {

using test::particle;
using test::random_particles;
using testing::ElementsAreArray;
using testing::IsSubsetOf;

std::vector<std::string> names(const FeatureSettings& settings) {
  std::vector<std::string> result;
  for (const FeatureColumn& column : feature_columns(settings)) {
    result.push_back(column.name);
  }
  return result;
}

double value(const std::string& name, const EventFeatures& event, const FeatureSettings& settings = {}) {
  const std::vector<FeatureColumn> columns = feature_columns(settings);
  return std::ranges::find(columns, name, &FeatureColumn::name)->value(event);
}

TEST(FeatureColumns, BeginAsTheLhcOlympicsFiles) {
  const std::vector<std::string> lhco = {"pxj1", "pyj1", "pzj1", "mj1", "tau1j1", "tau2j1", "tau3j1",
                                         "pxj2", "pyj2", "pzj2", "mj2", "tau1j2", "tau2j2", "tau3j2"};
  FeatureSettings three;
  three.nsubjettiness.n_max = 3;
  std::vector<std::string> first = names(three);
  first.resize(lhco.size());
  EXPECT_THAT(first, ElementsAreArray(lhco));
  EXPECT_THAT(lhco, IsSubsetOf(names({})));
}

TEST(FeatureColumns, HaveWhatTheExamplesUse) {
  const std::vector<std::string> used = {"met",      "ht",      "n_jets",  "pt_j1",    "m_j1",      "tau1_j1",
                                         "tau2_j1",  "tau3_j1", "mjj",     "tau21_j1", "tau32_j1",  "tau21_j2",
                                         "tau32_j2", "tau4j1",  "delta_r", "m_sd_j1",  "n_const_j2"};
  EXPECT_THAT(used, IsSubsetOf(names({})));
}

TEST(FeatureColumns, HaveDifferentNames) {
  FeatureSettings many;
  many.jets.described = 10;
  many.nsubjettiness = {.beta = {1, 2, 0.5}, .n_max = 8};
  const std::vector<std::string> all = names(many);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  EXPECT_THAT((std::vector<std::string>{"tau8_b0.5_j10", "tau87_b2_j1", "pxj10"}), IsSubsetOf(all));
}

TEST(EventFeatures, OfTwoBackToBackParticles) {
  FeatureSettings settings;
  const std::vector<FourVector> event = {particle(100, 1, 0.5), particle(60, -0.5, 0.5 - std::numbers::pi)};
  const EventFeatures features = event_features(event, settings);
  EXPECT_EQ(features.n_particles, 2U);
  EXPECT_EQ(features.n_jets, 2U);
  EXPECT_NEAR(features.missing_pt, 40, 1e-12);
  EXPECT_NEAR(features.ht, 160, 1e-12);
  EXPECT_NEAR(features.mjj, std::sqrt(2 * 100 * 60 * (std::cosh(1.5) + 1)), 1e-10);
  EXPECT_NEAR(features.delta_r, std::hypot(1.5, std::numbers::pi), 1e-12);
  EXPECT_NEAR(value("pt_j1", features), 100, 1e-12);
  EXPECT_NEAR(value("eta_j2", features), -0.5, 1e-12);
  EXPECT_NEAR(value("phi_j1", features), 0.5, 1e-12);
  EXPECT_NEAR(value("pzj1", features), 100 * std::sinh(1), 1e-10);
  EXPECT_EQ(value("n_const_j1", features), 1);
  EXPECT_EQ(value("tau1j1", features), 0);
  EXPECT_EQ(value("tau21_j1", features), 0);  // 0 / 0
}

TEST(EventFeatures, ColumnsOfOneQuantityAgree) {
  const EventFeatures features = event_features(random_particles(3, "event", 200, std::numbers::pi), {});
  for (const char* jet : {"1", "2"}) {
    const std::string j = jet;
    EXPECT_EQ(value("mj" + j, features), value("m_j" + j, features));
    EXPECT_NEAR(value("pt_j" + j, features), std::hypot(value("pxj" + j, features), value("pyj" + j, features)), 1e-12);
    EXPECT_GE(value("m_j" + j, features), value("m_sd_j" + j, features) * (1 - 1e-12));
    for (const char* n : {"1", "2", "3", "4"}) {
      EXPECT_EQ(value(std::string("tau") + n + "j" + j, features), value(std::string("tau") + n + "_j" + j, features));
    }
    EXPECT_EQ(value("tau32_j" + j, features), value("tau3j" + j, features) / value("tau2j" + j, features));
  }
}

TEST(EventFeatures, OtherExponentsComeAfterThePlainOnes) {
  FeatureSettings both;
  both.nsubjettiness.beta = {1, 2};
  FeatureSettings second;
  second.nsubjettiness.beta = {2};
  const std::vector<FourVector> event = random_particles(4, "event", 200, std::numbers::pi);
  const EventFeatures with_both = event_features(event, both);
  EXPECT_EQ(value("tau2_b2_j1", with_both, both), value("tau2j1", event_features(event, second), second));
  EXPECT_EQ(value("tau2j1", with_both, both), value("tau2j1", event_features(event, {})));
  EXPECT_EQ(value("tau21_b2_j2", with_both, both),
            value("tau2_b2_j2", with_both, both) / value("tau1_b2_j2", with_both, both));
}

TEST(EventFeatures, AreZeroForJetsThatAreNotThere) {
  const FeatureSettings settings;
  for (const auto& event :
       {std::vector<FourVector>{}, {particle(5, 0, 0)}, {particle(50, 0, 0), particle(30, 0, 0.5)}}) {
    const EventFeatures features = event_features(event, settings);
    EXPECT_EQ(features.n_jets, event.size() == 2 ? 1U : 0U);
    EXPECT_EQ(features.mjj, 0);
    EXPECT_EQ(features.delta_r, 0);
    for (const FeatureColumn& column : feature_columns(settings)) {
      if (column.name.ends_with("j2")) {
        EXPECT_EQ(column.value(features), 0) << column.name;
      }
      EXPECT_TRUE(std::isfinite(column.value(features))) << column.name;
    }
  }
}

TEST(FeatureSettings, RefusesBadExponents) {
  FeatureSettings settings;
  settings.nsubjettiness.beta = {};
  test::expect_throws_with<base::InputError>([&] { validate(settings); }, "beta is empty", "[1.0]");
  settings.nsubjettiness.beta = {1, 2, 1};
  test::expect_throws_with<base::InputError>([&] { validate(settings); }, "beta has 1 twice");
}

}  // namespace
}  // namespace eddy::jets
