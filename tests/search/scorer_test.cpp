#include <eddy/base/error.hpp>
#include <eddy/search/scorer.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
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
    training.space_identity = [](std::size_t, std::size_t s) { return std::to_string(s); };
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
  [[nodiscard]] std::vector<base::Matrix> in_spaces(const LoadedSample& loaded) const {
    std::vector<base::Matrix> all;
    for (const FlowEnsemble::Member& member : flows.members) {
      all.push_back(to_space(member.flow, space, loaded.x, loaded.context));
    }
    return all;
  }

  test::TemporaryFolder folder;
  LoadedSample sample;
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
  const LoadedSample fresh = background_sample(1000, 9);
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
  const base::Matrix latent = search.flows.members[0].flow.to_latent(fresh.x, fresh.context);
  EXPECT_TRUE(std::ranges::equal(scored.latent.values(), latent.values()));
}

TEST(ScoreEvents, round_trip_through_an_artefact) { expect_round_trip(Search(3000), 2e-7); }

TEST(ScoreEvents, large_calibrations_keep_their_tail) {
  // Of more than 5000 scores the bulk is kept in steps of 20: its efficiencies are off by at most 20 of 12000.
  expect_round_trip(Search(12000), 20.0 / 12000);
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

}  // namespace
}  // namespace eddy::search
