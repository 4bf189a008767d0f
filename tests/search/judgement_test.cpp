#include <eddy/search/evidence.hpp>
#include <eddy/search/judgement.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace eddy::search {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

TEST(ZAfterChoice, multiplies_the_p_value) {
  EXPECT_EQ(z_after_choice(3.2, 1), 3.2);
  EXPECT_NEAR(z_after_choice(3, 10), 2.2115473, 1e-6);  // 10 x 1.349898e-3
  EXPECT_NEAR(z_after_choice(5, 100), 4.0235381, 1e-6);
  EXPECT_EQ(z_after_choice(0.5, 100), 0) << "no excess is left, and no deficit made";
  EXPECT_EQ(z_after_choice(-1.5, 100), -1.5);
  EXPECT_EQ(z_after_choice(40, 100), 40) << "its p-value is beyond the smallest number";
  EXPECT_TRUE(std::isnan(z_after_choice(kNone, 100)));
}

TEST(JudgeSearch, claims_less_where_the_settings_were_chosen_by_the_data) {
  VerdictFacts facts{.evidence = EvidenceKind::kBump, .z = {1, 3.4}, .judgements = {Judgement{}, Judgement{}}};
  EXPECT_EQ(judge_search(facts).kind, VerdictKind::kEvidence);
  EXPECT_FALSE(judge_search(facts).choice);
  facts.n_settings = 12;
  const Verdict verdict = judge_search(facts);
  EXPECT_EQ(verdict.kind, VerdictKind::kMildExcess);
  ASSERT_TRUE(verdict.choice);
  EXPECT_EQ(verdict.choice->n_settings, 12U);
  EXPECT_NEAR(verdict.choice->z, z_after_choice(3.4, 12), 1e-12);
}

TEST(JudgeAbcd, quotes_numbers_that_exist_behind_a_gate_that_passed) {
  EXPECT_TRUE(judge_abcd(4.2, true, false, false).is_quotable);
  EXPECT_FALSE(judge_abcd(4.2, true, false, true).is_quotable);
  EXPECT_TRUE(judge_abcd(4.2, true, false, true).has(Caveat::kLatentGate));
  EXPECT_TRUE(judge_abcd(kNone, false, false, false).has(Caveat::kNoPrediction));
  EXPECT_TRUE(judge_abcd(kMinusInfinity, true, false, false).has(Caveat::kNothingToTest));
}

TEST(JudgeBump, quotes_nothing_of_a_poor_fit_or_of_none) {
  EXPECT_TRUE(judge_bump(4, 0.01, false, 5, 100).caveats.empty());
  EXPECT_FALSE(judge_bump(4, 0.0099, false, 5, 100).is_quotable);
  EXPECT_FALSE(judge_bump(kNone, kNone, false, kNone, 100).is_quotable);
}

// A fit to a few sparse bins may leave the background uncertain by more than the counts themselves.
TEST(JudgeBump, notes_a_background_that_the_sidebands_do_not_determine) {
  EXPECT_FALSE(judge_bump(1, 0.5, false, 10, 10).has(Caveat::kUndeterminedBackground));
  EXPECT_TRUE(judge_bump(1, 0.5, false, 11, 10).has(Caveat::kUndeterminedBackground));
  EXPECT_FALSE(judge_bump(1, 0.5, false, 1, 0).has(Caveat::kUndeterminedBackground)) << "one event is always allowed";
  EXPECT_TRUE(judge_bump(kNone, kNone, false, kNone, 5).has(Caveat::kUndeterminedBackground));
}

TEST(JudgeTemplateCount, compares_both_estimates) {
  EXPECT_FALSE(judge_template_count(2, 3).has(Caveat::kAbcdDisagrees));
  EXPECT_TRUE(judge_template_count(2, 3.1).has(Caveat::kAbcdDisagrees));
  EXPECT_TRUE(judge_template_count(2, 3.1).is_quotable) << "its own error is not that of the other";
  for (const double without : {kNone, kMinusInfinity}) {
    EXPECT_FALSE(judge_template_count(2, without).has(Caveat::kAbcdDisagrees)) << "no Z is no other Z";
  }
}

TEST(JudgeClosure, is_relative_to_truth_and_to_simulation) {
  const auto level = [](std::vector<double> method, std::vector<double> idealized, std::vector<double> simulation) {
    return judge_closure("control region", summarise_auc(method), summarise_auc(idealized), summarise_auc(simulation))
        .level;
  };
  EXPECT_EQ(level({0.5, 0.51}, {0.495, 0.505}, {0.55}), ClosureLevel::kAsTruth);
  EXPECT_EQ(level({0.52, 0.53}, {0.495, 0.505}, {0.55}), ClosureLevel::kBetterThanSimulation);
  EXPECT_EQ(level({0.57, 0.58}, {0.495, 0.505}, {0.55}), ClosureLevel::kFails);
  EXPECT_EQ(level({0.5}, {}, {0.55}), ClosureLevel::kUntested);
  EXPECT_TRUE(
      judge_closure("", summarise_auc({}), summarise_auc(std::vector{0.5, 0.52}), summarise_auc(std::vector{0.51}))
          .simulation_is_as_truth);
}

TEST(SummariseAuc, has_the_spread_of_the_runs) {
  const AucSummary summary = summarise_auc(std::vector{0.5, 0.52, 0.54});
  EXPECT_DOUBLE_EQ(summary.mean, 0.52);
  EXPECT_NEAR(summary.spread, 0.02, 1e-12);
  EXPECT_EQ(summary.highest, 0.54);
  EXPECT_TRUE(std::isnan(summarise_auc({}).mean));
}

VerdictFacts facts_of(EvidenceKind kind, const std::vector<double>& z, const std::vector<Judgement>& judgements) {
  return {.evidence = kind, .z = z, .judgements = judgements};
}

TEST(JudgeSearch, takes_the_most_significant_that_may_be_quoted) {
  const Judgement good;
  const Judgement poor{.is_quotable = false, .caveats = {Caveat::kPoorFit}};
  const Verdict verdict = judge_search(facts_of(EvidenceKind::kBump, {1, 6, 3.2}, {good, poor, good}));
  EXPECT_EQ(verdict.kind, VerdictKind::kEvidence);
  EXPECT_EQ(verdict.level, VerdictLevel::kExcess);
  EXPECT_EQ(verdict.working_point, 2U);
  EXPECT_EQ(judge_search(facts_of(EvidenceKind::kBump, {6}, {poor})).kind, VerdictKind::kPoorFit);
  EXPECT_EQ(judge_search(facts_of(EvidenceKind::kBump, {kNone}, {judge_bump(kNone, kNone, false, kNone, 1)})).kind,
            VerdictKind::kNoFit);
}

TEST(JudgeSearch, says_how_large_an_excess_is) {
  const auto kind = [](double z) { return judge_search(facts_of(EvidenceKind::kAbcd, {z}, {{}})).kind; };
  EXPECT_EQ(kind(1.99), VerdictKind::kNoExcess);
  EXPECT_EQ(kind(2), VerdictKind::kMildExcess);
  EXPECT_EQ(kind(3), VerdictKind::kEvidence);
  EXPECT_EQ(kind(5), VerdictKind::kBeyondFiveSigma);
}

TEST(JudgeSearch, a_failed_gate_overrides_every_excess) {
  VerdictFacts facts = facts_of(EvidenceKind::kAbcd, {1, 7}, {{}, {}});
  facts.gate_failed = true;
  EXPECT_EQ(judge_search(facts).kind, VerdictKind::kGateFailed);
  EXPECT_EQ(judge_search(facts).level, VerdictLevel::kInvalid);
  EXPECT_EQ(judge_search(facts).working_point, 1U);
}

TEST(JudgeAbcd, of_an_empty_control_region_is_a_caveat_that_leaves_the_number) {
  const Judgement judgement = judge_abcd(2, true, true, false);
  EXPECT_TRUE(judgement.has(Caveat::kEmptyControl));
  EXPECT_TRUE(judgement.is_quotable);
  EXPECT_FALSE(judge_abcd(kMinusInfinity, true, true, false).has(Caveat::kEmptyControl)) << "nothing to test says more";
}

TEST(JudgeBump, of_a_sideband_bin_that_lacks_events_is_not_quoted) {
  const Judgement judgement = judge_bump(4, 0.5, true, 5, 100);
  EXPECT_TRUE(judgement.has(Caveat::kUnlikelyBin));
  EXPECT_FALSE(judgement.is_quotable);
  EXPECT_EQ(judge_search(facts_of(EvidenceKind::kBump, {4}, {judgement})).kind, VerdictKind::kPoorFit);
}

TEST(Words, of_caveats_and_verdicts_are_known_and_no_others) {
  for (const Caveat caveat :
       {Caveat::kNoPrediction, Caveat::kEmptyControl, Caveat::kUnlikelyBin, Caveat::kAbcdDisagrees}) {
    EXPECT_TRUE(is_caveat(to_string(caveat)));
  }
  EXPECT_STREQ(to_string(Caveat::kUnlikelyBin), "unlikely_bin");
  EXPECT_STREQ(to_string(Caveat::kLatentGate), "latent_gate");
  EXPECT_STREQ(to_string(Caveat::kAbcdDisagrees), "abcd_disagrees");
  EXPECT_TRUE(is_verdict_kind(to_string(VerdictKind::kSeparationOnly)));
  EXPECT_TRUE(is_verdict_level(to_string(VerdictLevel::kInvalid)));
  EXPECT_FALSE(is_caveat("haunted"));
  EXPECT_FALSE(is_verdict_kind("poor fit"));
  EXPECT_FALSE(is_verdict_level(""));
}

TEST(JudgeSearch, without_a_z_there_is_nothing_to_test) {
  const Judgement none = judge_abcd(kMinusInfinity, true, false, false);
  const Verdict verdict = judge_search(facts_of(EvidenceKind::kAbcd, {kMinusInfinity, kMinusInfinity}, {none, none}));
  EXPECT_EQ(verdict.kind, VerdictKind::kNothingToTest);
  EXPECT_EQ(verdict.working_point, 0U);
}

TEST(JudgeSearch, says_that_nothing_could_be_fitted) {
  const Judgement none = judge_abcd(kNone, false, false, false);
  const Verdict verdict = judge_search(facts_of(EvidenceKind::kAbcd, {kNone, kNone}, {none, none}));
  EXPECT_EQ(verdict.kind, VerdictKind::kNoFit);
  EXPECT_EQ(verdict.level, VerdictLevel::kInvalid);
}

TEST(JudgeSearch, without_working_points_says_why) {
  const auto kind = [](EvidenceKind evidence, bool has_mass) {
    return judge_search({.evidence = evidence, .has_mass = has_mass}).kind;
  };
  EXPECT_EQ(kind(EvidenceKind::kAbcd, true), VerdictKind::kNoWorkingPoint);
  EXPECT_EQ(kind(EvidenceKind::kBump, true), VerdictKind::kBenchmarkOnly);
  EXPECT_EQ(kind(EvidenceKind::kCategories, true), VerdictKind::kNoCategory);
  EXPECT_EQ(kind(EvidenceKind::kCategories, false), VerdictKind::kSeparationOnly);
}

TEST(JudgeClosures, are_of_both_regions_by_the_title_of_the_method) {
  const auto closures = judge_closures("Morph", [](const std::string& region, const std::string& name) {
    const double auc = name == "simulation" ? 0.6 : name == "Morph" && region == "signal region" ? 0.7 : 0.5;
    return summarise_auc(std::vector<double>{auc});
  });
  ASSERT_EQ(closures.size(), 2U);
  EXPECT_EQ(closures[0].region, "control region");
  EXPECT_EQ(closures[0].level, ClosureLevel::kAsTruth);
  EXPECT_EQ(closures[1].region, "signal region");
  EXPECT_EQ(closures[1].level, ClosureLevel::kFails);
}

TEST(FallsWithGate, what_does_not_rest_on_the_sidebands) {
  EXPECT_TRUE(falls_with_gate(EvidenceKind::kAbcd));
  EXPECT_FALSE(falls_with_gate(EvidenceKind::kBump));
}

TEST(JudgeSearch, of_a_blind_search_judges_closure_alone) {
  VerdictFacts facts{.evidence = EvidenceKind::kTemplateCount, .is_blind = true};
  EXPECT_EQ(judge_search(facts).kind, VerdictKind::kBlind);
  facts.closure = {{.region = "control region", .level = ClosureLevel::kFails}};
  EXPECT_EQ(judge_search(facts).level, VerdictLevel::kInvalid);
  facts.closure.front().level = ClosureLevel::kBetterThanSimulation;
  EXPECT_EQ(judge_search(facts).level, VerdictLevel::kMild);
}

}  // namespace
}  // namespace eddy::search
