#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/scorer.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

constexpr std::size_t kFolds = 2;

/// Flows, classifiers of two folds and calibrations of `n_calibration` scores, as a search leaves them.
struct Search {
  explicit Search(std::size_t n_calibration) : sample(background_sample(2000, 3)) {
    SearchConfig config = quick_config();
    config.flow.training.epochs = 1;
    const base::TaskStore store(folder.path());
    flows = train_flows(sample, config, "flow", store, {});
    space = choose_space(config, sample);
    events = in_spaces(sample);
    fold.resize(sample.size());
    for (std::size_t i = 0; i < fold.size(); ++i) {
      fold[i] = static_cast<std::uint8_t>(i % kFolds);
    }
    rows = region_rows(sample, true);
    ensembles = train_fold_ensembles(training(), config.classifier.classifier, 1, store, {});
    const std::vector<base::Matrix> reference = in_spaces(background_sample(n_calibration, 5));
    for (const Ensemble& ensemble : ensembles) {
      calibrations.emplace_back(mean_score(ensemble, reference));
    }
  }

  [[nodiscard]] WeakTraining training() const {
    WeakTraining training;
    training.name = "scorer";
    training.n_spaces = 2;
    training.n_folds = kFolds;
    training.n_members = 4;
    training.data = [this](std::size_t k, std::size_t s) {
      return base::take_rows(events[s], rows_outside_fold(rows, fold, k));
    };
    training.reference = [this](std::size_t, std::size_t member, std::size_t n) {
      return normal_in_space(flows.members[member % 2].flow, space, n, base::RandomStream({1}, "reference"));
    };
    return training;
  }
  [[nodiscard]] std::vector<base::Matrix> in_spaces(const Sample& loaded) const {
    std::vector<base::Matrix> all;
    for (const FlowEnsemble::Member& member : flows.members) {
      all.push_back(to_space(member.flow, space, loaded.x, loaded.context));
    }
    return all;
  }

  test::TemporaryFolder folder;
  Sample sample;
  FlowEnsemble flows;
  LatentSpace space;
  std::vector<base::Matrix> events;
  std::vector<std::uint8_t> fold;
  std::vector<std::size_t> rows;
  std::vector<Ensemble> ensembles;
  std::vector<ScoreCalibration> calibrations;
};

/// Scores through an artefact on disk, and directly; efficiencies may differ by `tolerance`.
void expect_round_trip(const Search& search, double tolerance) {
  const std::string path = search.folder.file("scorer.eddy");
  base::write_artefact(path, make_scorer(search.flows, search.space, search.ensembles, search.calibrations));
  const Sample fresh = background_sample(1000, 9);
  const ScoredEvents scored = score_events(base::read_artefact(path), fresh.x, fresh.context);
  const std::vector<base::Matrix> events = search.in_spaces(fresh);
  const std::vector<float> first = mean_score(search.ensembles[0], events);
  const std::vector<float> second = mean_score(search.ensembles[1], events);
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    ASSERT_NEAR(scored.score[i], (first[i] + second[i]) / 2, 2e-7) << i;  // rounding of two halves
    const double efficiency =
        (search.calibrations[0].efficiency(first[i]) + search.calibrations[1].efficiency(second[i])) / 2;
    ASSERT_NEAR(scored.background_efficiency[i], efficiency, tolerance) << i;
  }
  const base::Matrix latent = search.flows.members[0].flow.in_double_precision().to_latent(fresh.x, fresh.context);
  EXPECT_TRUE(std::ranges::equal(scored.latent.values(), latent.values()));
}

TEST(ScoreEvents, round_trip_through_an_artefact) { expect_round_trip(Search(3000), 2e-7); }

TEST(ScoreEvents, large_calibrations_keep_their_tail) {
  // Of more than 5000 scores the bulk is kept in steps of 20: its efficiencies are off by at most 20 of 12000.
  expect_round_trip(Search(12000), 20.0 / 12000);
}

TEST(ScoreEvents, need_detectors) {
  const base::Json scorer = {{"flows", base::Json::array()}, {"folds", {{{"detectors", base::Json::array()}}}}};
  const base::Matrix events(3, 1);
  test::expect_throws_with<base::IoError>([&] { (void)score_events(scorer, events, events); },
                                          "a fold without detectors");
}

TEST(MakeScorer, keeps_each_flow_once) {
  const Search search(500);
  const base::Json scorer = make_scorer(search.flows, search.space, search.ensembles, search.calibrations);
  EXPECT_EQ(scorer.at("flows").size(), search.flows.members.size());
  EXPECT_EQ(scorer.at("folds").size(), kFolds);
  EXPECT_EQ(scorer.at("folds").at(1).at("detectors").size(), 1U);
}

TEST(ScoreEvents, no_events) {
  const Search search(500);
  const base::Json scorer = make_scorer(search.flows, search.space, search.ensembles, search.calibrations);
  const ScoredEvents scored = score_events(scorer, base::Matrix(0, kFeatures), base::Matrix(0, 1));
  EXPECT_TRUE(scored.score.empty());
  EXPECT_EQ(scored.latent.rows(), 0U);
}

TEST(ScoreEvents, wrong_features_are_refused) {
  const Search search(500);
  const base::Json scorer = make_scorer(search.flows, search.space, search.ensembles, search.calibrations);
  test::expect_throws_with<base::InputError>(
      [&] { (void)score_events(scorer, base::Matrix(4, 2), base::Matrix(4, 1)); }, "2", "3");
}

/// Ratios of known densities in two folds and three retrainings, those of the second fold with prior odds.
Detectors ratio_detectors() {
  Detectors detectors(kFolds);
  for (std::size_t d = 0; d < 6; ++d) {
    Detector detector;
    detector.background = gaussian_flow(resonance_background(500, 1, 0));
    detector.data = gaussian_flow(resonance_background(500, d + 2, 0.1));
    detector.log_odds = d < 3 ? 0 : -1.5 - 0.1 * static_cast<double>(d);
    detectors[d / 3].push_back(std::move(detector));
  }
  return detectors;
}

TEST(ScoreEvents, of_a_resonant_search_is_the_mean_over_folds_and_retrainings) {
  const Detectors detectors = ratio_detectors();
  const Sample fresh = resonance_background(400, 9, 0.05);
  const Sample reference = resonance_background(3000, 10, 0);
  std::vector<ScoreCalibration> calibrations;
  std::vector<std::vector<float>> of_fold;
  for (const std::vector<Detector>& retrainings : detectors) {
    const auto mean = [&](const Sample& events) {
      std::vector<float> sum(events.size());
      for (const Detector& detector : retrainings) {
        std::ranges::transform(score_events(detector, events.x, events.context), sum, sum.begin(),
                               [](float a, float b) { return b + a / 3; });
      }
      return sum;
    };
    calibrations.emplace_back(mean(reference));
    of_fold.push_back(mean(fresh));
  }
  const test::TemporaryFolder folder;
  base::write_artefact(folder.file("scorer"), make_scorer(detectors, calibrations));
  const ScoredEvents scored = score_events(base::read_artefact(folder.file("scorer")), fresh.x, fresh.context);
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    ASSERT_NEAR(scored.score[i], (of_fold[0][i] + of_fold[1][i]) / 2, 3e-7) << i;  // rounding of five sums below 1
    const double efficiency =
        (calibrations[0].efficiency(of_fold[0][i]) + calibrations[1].efficiency(of_fold[1][i])) / 2;
    // Where the last bit of a score decides, it may pass one of 3001 events more or less in a fold.
    ASSERT_NEAR(scored.background_efficiency[i], efficiency, 1.1 / 3001) << i;
  }
  const base::Matrix latent = detectors[0][0].background->in_double_precision().to_latent(fresh.x, fresh.context);
  EXPECT_TRUE(std::ranges::equal(scored.latent.values(), latent.values()));
}

TEST(ScoreEvents, of_a_resonant_search_without_events_or_with_wrong_ones) {
  const base::Json scorer = make_scorer(ratio_detectors(), {ScoreCalibration({0.5F}), ScoreCalibration({0.5F})});
  EXPECT_TRUE(score_events(scorer, base::Matrix(0, 2), base::Matrix(0, 1)).score.empty());
  test::expect_throws_with<base::InputError>(
      [&] { (void)score_events(scorer, base::Matrix(4, 3), base::Matrix(4, 1)); }, "3", "2");
}

}  // namespace
}  // namespace eddy::search
