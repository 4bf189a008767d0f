#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/classify/trees.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

namespace eddy::classify {
namespace {

using testing::AllOf;
using testing::HasSubstr;

static_assert(!std::is_copy_constructible_v<BoostedTrees> && std::is_nothrow_move_constructible_v<BoostedTrees>);

constexpr float kShift = 0.70711F;  // per feature: the two classes are one standard deviation apart

using Sample = LabelledEvents;

/// Reference N(0, 1)^2 and data N(kShift, 1)^2, reference first.
Sample two_normals(const char* name, std::size_t n_reference, std::size_t n_data, float shift = kShift) {
  Sample sample{base::Matrix(n_reference + n_data, 2), {}, std::vector<float>(n_reference + n_data, 1.0F)};
  base::fill_normal(base::RandomStream({5}, name), 0, sample.x.values());
  for (std::size_t r = 0; r < sample.x.rows(); ++r) {
    const bool is_data = r >= n_reference;
    sample.label.push_back(is_data ? 1 : 0);
    for (float& value : sample.x.row(r)) {
      value += is_data ? shift : 0.0F;
    }
  }
  return sample;
}

/// log p_data / p_reference of the two normals.
double true_log_ratio(std::span<const float> row) {
  return static_cast<double>(kShift) * (row[0] + row[1]) - static_cast<double>(kShift) * kShift;
}

base::RandomStream member(std::uint64_t seed) { return {{seed}, "member"}; }

BoostedTrees fit(const Sample& sample, const TreeSettings& settings = {}, std::uint64_t seed = 1) {
  return BoostedTrees::fit(QuantisedSample(sample, settings.max_bins), settings, member(seed), {});
}

double log_odds(float p) { return std::log(static_cast<double>(p)) - std::log1p(-static_cast<double>(p)); }

double auc_of(const BoostedTrees& trees, const Sample& sample) {
  const std::vector<float> scores = trees.predict(sample.x);
  const auto n_reference = std::count(sample.label.begin(), sample.label.end(), 0);
  return auc(std::span(scores).first(static_cast<std::size_t>(n_reference)),
             std::span(scores).subspan(static_cast<std::size_t>(n_reference)));
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

template <class Exception = base::InputError>
std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(BoostedTrees, LearnTheLikelihoodRatioOfTwoNormals) {
  const BoostedTrees trees = fit(two_normals("train", 40'000, 40'000));
  const Sample test = two_normals("test", 40'000, 40'000);
  std::vector<double> learned;
  std::vector<double> truth;
  const std::vector<float> scores = trees.predict(test.x);
  for (std::size_t r = 0; r < scores.size(); ++r) {
    learned.push_back(log_odds(scores[r]));
    truth.push_back(true_log_ratio(test.x.row(r)));
  }
  // 60000 training events in some 60 leaves leave a noise of 0.17 on a log ratio with spread 1.12: 1 / sqrt(1 +
  // 0.15^2).
  EXPECT_GT(correlation(learned, truth), 0.98);
  const double best = 0.76025;  // Phi(1 / sqrt 2): no classifier is better
  const double sigma = 0.0021;  // sqrt(A (1 - A) / n) bounds the standard error
  EXPECT_LT(auc_of(trees, test), best + 5 * sigma);
  EXPECT_GT(auc_of(trees, test), best - 5 * sigma);
}

TEST(BoostedTrees, SampleSizesOfTheClassesDoNotMoveTheProbabilities) {
  const BoostedTrees trees = fit(two_normals("train", 50'000, 5'000));
  const std::vector<float> scores = trees.predict(two_normals("test", 20'000, 20'000).x);
  const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  // Equal classes have mean probability 1/2 when calibrated; without balancing it would be near 0.14.
  EXPECT_NEAR(mean, 0.5, 0.02);  // 5000 data events fix it to 0.5 / sqrt(5000) = 0.007
}

TEST(BoostedTrees, AFactorOnTheWeightsOfAClassChangesNothing) {
  const Sample sample = two_normals("train", 3'000, 3'000);
  Sample scaled = sample;
  for (std::size_t i = 0; i < scaled.weight.size(); ++i) {
    scaled.weight[i] = scaled.label[i] == 1 ? 8.0F : 0.25F;  // powers of two: no rounding
  }
  EXPECT_EQ(fit(scaled).predict(sample.x), fit(sample).predict(sample.x));
}

TEST(BoostedTrees, WeightsCanTurnOneClassIntoTheOther) {
  Sample weighted = two_normals("train", 20'000, 20'000);
  // Weights turn data into a normal around 0: then nothing separates the classes.
  for (std::size_t r = 0; r < weighted.x.rows(); ++r) {
    weighted.weight[r] = weighted.label[r] == 1 ? static_cast<float>(std::exp(-true_log_ratio(weighted.x.row(r)))) : 1;
  }
  EXPECT_NEAR(auc_of(fit(weighted), two_normals("test", 20'000, 20'000, 0.0F)), 0.5, 0.015);  // 5 sigma of 0.0029
}

TEST(BoostedTrees, KeepTheIterationOfLowestValidationLoss) {
  TreeSettings settings;
  settings.learning_rate = 0.3;  // overfits soon
  settings.patience = 7;
  const Sample sample = two_normals("train", 5'000, 5'000);
  const BoostedTrees trees = fit(sample, settings);
  const std::vector<double>& validation = trees.losses().validation;
  const auto lowest = std::min_element(validation.begin(), validation.end()) - validation.begin();
  EXPECT_EQ(trees.n_iterations(), static_cast<std::size_t>(lowest) + 1);
  EXPECT_EQ(validation.size(), trees.n_iterations() + 7);
  EXPECT_EQ(trees.losses().train.size(), validation.size());

  // Predictions use no later tree: those of a fit that ends there are the same.
  settings.max_iterations = static_cast<std::int64_t>(trees.n_iterations());
  const BoostedTrees ended = fit(sample, settings);
  EXPECT_EQ(ended.losses().validation.size(), trees.n_iterations());
  EXPECT_EQ(ended.predict(sample.x), trees.predict(sample.x));
}

TEST(BoostedTrees, TrainingLossFallsFromThatOfIgnorance) {
  TreeSettings settings;
  settings.max_iterations = 50;
  settings.patience = 1000;
  const BoostedTrees trees = fit(two_normals("train", 5'000, 5'000), settings);
  const std::vector<double>& train = trees.losses().train;
  ASSERT_EQ(train.size(), 50U);
  EXPECT_LT(train.front(), std::log(2.0));
  for (std::size_t i = 1; i < train.size(); ++i) {
    ASSERT_LT(train[i], train[i - 1]) << "iteration " << i;
  }
}

TEST(BoostedTrees, TheSeedAloneDecides) {
  const Sample sample = two_normals("train", 3'000, 3'000);
  const std::vector<float> first = fit(sample, {}, 1).predict(sample.x);
  EXPECT_EQ(fit(sample, {}, 1).predict(sample.x), first);
  EXPECT_NE(fit(sample, {}, 2).predict(sample.x), first);
}

TEST(BoostedTrees, MembersFittedSideBySideOnOneSampleAreTheSame) {
  const Sample events = two_normals("train", 3'000, 3'000);
  constexpr std::size_t kMembers = 12;
  const auto run = [&](std::size_t n_threads) {
    const base::ThreadLimit limit(n_threads);
    const QuantisedSample sample(events, 255);
    std::vector<std::vector<float>> scores(kMembers);
    base::parallel_tasks(
        kMembers, [&](std::size_t m) { scores[m] = BoostedTrees::fit(sample, {}, member(m), {}).predict(events.x); });
    return scores;
  };
  const std::vector<std::vector<float>> alone = run(1);
  EXPECT_EQ(run(4), alone);
  EXPECT_EQ(fit(events, {}, 3).predict(events.x), alone[3]);  // a sample of its own makes no difference
}

/// With half of two features each tree has one, so that no tree can hold an interaction of both: the log odds are a sum
/// of functions of one feature, and the mixed difference of four corners vanishes.
TEST(BoostedTrees, EachTreeSeesItsPartOfTheFeatures) {
  const Sample sample = two_normals("bagged", 4000, 4000);
  TreeSettings settings{.max_iterations = 40, .patience = 40};
  const auto mixed_difference = [&](const BoostedTrees& trees) {
    base::Matrix corners(4, 2);
    for (std::size_t i = 0; i < 4; ++i) {
      corners(i, 0) = i % 2 == 0 ? -0.5F : 1.5F;
      corners(i, 1) = i < 2 ? -0.5F : 1.5F;
    }
    const std::vector<float> p = trees.predict(corners);
    return log_odds(p[0]) - log_odds(p[1]) - log_odds(p[2]) + log_odds(p[3]);
  };
  EXPECT_GT(std::abs(mixed_difference(fit(sample, settings))), 1e-3);
  settings.feature_fraction = 0.5;
  const BoostedTrees bagged = fit(sample, settings);
  EXPECT_NEAR(mixed_difference(bagged), 0, 1e-4) << "single precision of a hundred leaves";
  EXPECT_NEAR(auc_of(bagged, two_normals("fresh", 4000, 4000)), 0.76, 0.03) << "both features are used: 1 sigma apart";
}

TEST(BoostedTrees, BaggedMembersFittedSideBySideOnOneSampleAreTheSame) {
  const Sample sample = two_normals("bagged", 2000, 2000);
  const TreeSettings settings{.max_iterations = 10, .feature_fraction = 0.5};
  const QuantisedSample quantised(sample, settings.max_bins);
  std::vector<std::vector<float>> side_by_side(8);
  base::parallel_tasks(side_by_side.size(), [&](std::size_t i) {
    side_by_side[i] = BoostedTrees::fit(quantised, settings, member(i), {}).predict(sample.x);
  });
  for (std::size_t i = 0; i < side_by_side.size(); ++i) {
    EXPECT_EQ(fit(sample, settings, i).predict(sample.x), side_by_side[i]) << "member " << i;
  }
}

TEST(BoostedTrees, MembersOfDifferentSettingsShareASample) {
  const Sample events = two_normals("train", 3'000, 3'000);
  const QuantisedSample sample(events, 255);
  TreeSettings small;
  small.max_leaves = 4;
  const std::vector<float> expected = fit(events).predict(events.x);
  EXPECT_NE(BoostedTrees::fit(sample, small, member(1), {}).predict(events.x), expected);
  EXPECT_EQ(BoostedTrees::fit(sample, {}, member(1), {}).predict(events.x), expected);
  small.max_bins = 31;
  EXPECT_THAT(message_of([&] { (void)BoostedTrees::fit(sample, small, member(1), {}); }),
              AllOf(HasSubstr("255 bins"), HasSubstr("max_bins is 31")));
}

TEST(BoostedTrees, ReportedLossesAreThoseOfThePredictions) {
  const Sample sample = two_normals("train", 3'000, 2'000);
  const BoostedTrees trees = fit(sample);
  const WeightedSplit split = draw_weighted_split(sample.label, sample.weight, 0.25, member(1));
  const std::vector<float> scores = trees.predict(sample.x);
  double sum[2] = {0, 0};
  double sum_weights[2] = {0, 0};
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double p = static_cast<double>(sample.label[i] == 1 ? scores[i] : 1.0F - scores[i]);
    sum[split.is_validation[i]] -= static_cast<double>(split.weight[i]) * std::log(p);
    sum_weights[split.is_validation[i]] += static_cast<double>(split.weight[i]);
  }
  // Leaf values are sums of float; p is float with relative errors of 1e-7 and losses near 0.5.
  EXPECT_NEAR(trees.losses().train[trees.n_iterations() - 1], sum[0] / sum_weights[0], 1e-6);
  EXPECT_NEAR(trees.losses().validation[trees.n_iterations() - 1], sum[1] / sum_weights[1], 1e-6);
}

TEST(BoostedTrees, LabelsOfValidationEventsMoveNoTree) {
  Sample sample = two_normals("train", 3'000, 3'000);
  TreeSettings settings;
  settings.max_iterations = 5;
  settings.patience = 1000;
  const WeightedSplit split = draw_weighted_split(sample.label, sample.weight, 0.25, member(1));
  const BoostedTrees trees = fit(sample, settings);
  // Validation events of data and reference change places: other labels on the same bins.
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.label.size(); ++i) {
    if (split.is_validation[i] != 0) {
      rows.push_back(i);
    }
  }
  for (std::size_t i = 0; i < rows.size() / 2; ++i) {  // reference comes first
    std::ranges::swap_ranges(sample.x.row(rows[i]), sample.x.row(rows[rows.size() - 1 - i]));
  }
  const BoostedTrees swapped = fit(sample, settings);
  EXPECT_EQ(swapped.losses().train, trees.losses().train);
  EXPECT_NE(swapped.losses().validation, trees.losses().validation);
}

TEST(BoostedTrees, SavedAndLoadedPredictTheSame) {
  const Sample sample = two_normals("train", 3'000, 3'000);
  const BoostedTrees trees = fit(sample);
  const BoostedTrees loaded = BoostedTrees::from_json(base::Json::from_cbor(base::Json::to_cbor(trees.to_json())));
  EXPECT_EQ(loaded.predict(sample.x), trees.predict(sample.x));
  EXPECT_EQ(loaded.n_iterations(), trees.n_iterations());
  EXPECT_EQ(loaded.n_features(), 2U);
  EXPECT_EQ(loaded.losses().train, trees.losses().train);
  EXPECT_EQ(loaded.losses().validation, trees.losses().validation);
  EXPECT_EQ(loaded.to_json(), trees.to_json());
}

TEST(BoostedTrees, PredictionsDoNotDependOnBlocksOrStrides) {
  const BoostedTrees trees = fit(two_normals("train", 3'000, 3'000));
  const Sample test = two_normals("test", 20'000, 20'000);  // several blocks
  const std::vector<float> all = trees.predict(test.x);
  base::Matrix padded(test.x.rows(), 5);
  for (std::size_t r = 0; r < test.x.rows(); ++r) {
    std::ranges::copy(test.x.row(r), padded.row(r).begin());
  }
  EXPECT_EQ(trees.predict({padded.values().data(), padded.rows(), 2, 5}), all);
  for (const std::size_t row : {0U, 16'383U, 16'384U, 39'999U}) {
    EXPECT_EQ(trees.predict(test.x.view().block(row, 1))[0], all[row]) << "row " << row;
  }
  EXPECT_TRUE(trees.predict(base::Matrix(0, 2)).empty());
}

TEST(BoostedTrees, ProbabilitiesStayInsideTheOpenInterval) {
  TreeSettings settings;
  settings.learning_rate = 1.0;
  settings.min_leaf_events = 0;
  settings.patience = 1000;
  const Sample separable = two_normals("train", 500, 500, 100.0F);
  for (const float p : fit(separable, settings).predict(separable.x)) {
    ASSERT_GT(p, 0.0F);
    ASSERT_LT(p, 1.0F);
    ASSERT_TRUE(std::isfinite(log_odds(p)));
  }
}

TEST(BoostedTrees, MinLeafEventsLimitsTheLeaves) {
  TreeSettings settings;
  settings.min_leaf_events = 2'000;  // of 4500 training events: the root can be split at most once, its halves not
  const BoostedTrees trees = fit(two_normals("train", 3'000, 3'000), settings);
  settings.max_leaves = 2;
  EXPECT_EQ(trees.predict(two_normals("test", 100, 100).x),
            fit(two_normals("train", 3'000, 3'000), settings).predict(two_normals("test", 100, 100).x));
}

TEST(BoostedTrees, AnEmptyOrTinyClassIsRefusedWithTheCounts) {
  EXPECT_THAT(message_of([] { (void)fit(two_normals("train", 100, 0)); }),
              AllOf(HasSubstr("0 data and 100 reference events"), HasSubstr("loosen the selection")));
  EXPECT_THAT(message_of([] { (void)fit(two_normals("train", 0, 100)); }), HasSubstr("100 data and 0 reference"));
  EXPECT_THAT(message_of([] { (void)fit(two_normals("train", 1, 100)); }), HasSubstr("100 data and 1 reference"));
  EXPECT_THAT(message_of([] { (void)fit(two_normals("train", 0, 0)); }), HasSubstr("0 data and 0 reference"));
}

TEST(BoostedTrees, UnusableInputIsRefusedWithItsPlace) {
  Sample bad = two_normals("train", 100, 100);
  bad.x(7, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(message_of([&] { (void)fit(bad); }), AllOf(HasSubstr("nan in row 7, feature 1"), HasSubstr("finite")));
  bad = two_normals("train", 100, 100);
  bad.weight[3] = -1.5F;
  EXPECT_THAT(message_of([&] { (void)fit(bad); }), AllOf(HasSubstr("row 3 is -1.5"), HasSubstr("not negative")));
  bad = two_normals("train", 100, 100);
  bad.label[2] = 2;
  EXPECT_THAT(message_of([&] { (void)fit(bad); }), AllOf(HasSubstr("row 2 is 2"), HasSubstr("1 for data")));
  bad = two_normals("train", 100, 100);
  bad.label.pop_back();
  EXPECT_THAT(message_of([&] { (void)fit(bad); }), HasSubstr("200 rows, 199 labels and 200 weights"));
  bad = two_normals("train", 100, 100);
  std::fill(bad.weight.begin(), bad.weight.begin() + 100, 0.0F);
  EXPECT_THAT(message_of([&] { (void)fit(bad); }), HasSubstr("must be positive"));
}

TEST(BoostedTrees, PredictRefusesOtherFeaturesAndNan) {
  const BoostedTrees trees = fit(two_normals("train", 500, 500));
  EXPECT_THAT(message_of([&] { (void)trees.predict(base::Matrix(1, 3)); }),
              AllOf(HasSubstr("2 features"), HasSubstr("about 3")));
  base::Matrix x(1, 2);
  x(0, 1) = std::numeric_limits<float>::infinity();
  EXPECT_THAT(message_of([&] { (void)trees.predict(x); }), HasSubstr("inf in row 0, feature 1"));
}

TEST(BoostedTrees, DamagedModelIsANumericError) {
  base::Json json = fit(two_normals("train", 500, 500)).to_json();
  json["model"] = base::pack_bytes("{\"not a model\": 1}");
  EXPECT_THAT(message_of<base::NumericError>([&] { (void)BoostedTrees::from_json(json); }),
              AllOf(HasSubstr("XGBoost failed to load the trees"), testing::Not(HasSubstr("\n"))));
}

TEST(BoostedTrees, StopOnRequest) {
  const std::atomic<bool> stop = true;
  const Sample sample = two_normals("train", 500, 500);
  EXPECT_THROW((void)BoostedTrees::fit(QuantisedSample(sample, 255), {}, member(1), {nullptr, &stop}),
               base::Interrupted);
}

TEST(TreeSettings, DefaultsAreThoseOfThePaper) {
  const base::Json json = base::settings_to_json(TreeSettings{});
  EXPECT_EQ(json, base::Json({{"max_iterations", 200},
                              {"max_leaves", 61},
                              {"learning_rate", 0.1},
                              {"min_leaf_events", 20},
                              {"l2", 0.0},
                              {"max_bins", 255},
                              {"validation_fraction", 0.25},
                              {"patience", 10},
                              {"feature_fraction", 1.0}}));
}

}  // namespace
}  // namespace eddy::classify
