#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/search/fold_ensembles.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <numeric>

namespace eddy::search {
namespace {

constexpr std::size_t kEvents = 2000;
constexpr std::size_t kFolds = 4;

base::Matrix noise(const std::string& task, std::size_t n) {
  base::Matrix x(n, 2);
  base::fill_normal(base::RandomStream({8}, task), 0, x.values());
  return x;
}

/// Trees free to learn every event by heart: whatever they saw in training, they recognise.
classify::ClassifierSettings overfitting() {
  classify::ClassifierSettings settings;
  settings.trees = {.max_iterations = 40,
                    .max_leaves = 500,
                    .learning_rate = 0.5,
                    .min_leaf_events = 1,
                    .validation_fraction = 0.1,
                    .patience = 0};
  return settings;
}

/// Data and reference of the same density: there is nothing to learn but the events themselves.
struct Noise {
  Noise() : data{noise("data", kEvents)}, reference(noise("reference", kEvents)), fold(kEvents), rows(kEvents) {
    for (std::size_t i = 0; i < kEvents; ++i) {
      fold[i] = static_cast<std::uint8_t>(i % kFolds);
    }
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    training.name = "noise";
    training.n_folds = kFolds;
    training.n_members = 2;
    training.data = [this](std::size_t k, std::size_t s) {
      return base::take_rows(data[s], rows_outside_fold(rows, fold, k));
    };
    training.reference = [this](std::size_t k, std::size_t, std::size_t) {
      return base::take_rows(reference, rows_outside_fold(rows, fold, k));
    };
  }
  std::vector<Ensemble> train() const {
    return train_fold_ensembles(training, overfitting(), 1, base::TaskStore(folder.path()), {});
  }
  test::TemporaryFolder folder;
  std::vector<base::Matrix> data;
  base::Matrix reference;
  std::vector<std::uint8_t> fold;
  std::vector<std::size_t> rows;
  WeakTraining training;
};

/// Spread of the Mann-Whitney statistic of equal classes.
double auc_error(double n, double m) { return std::sqrt((n + m + 1) / (12 * n * m)); }

TEST(OutOfFoldScore, never_recognises_events_it_was_trained_on) {
  const Noise world;
  const std::vector<Ensemble> ensembles = world.train();
  const std::vector<base::Matrix> fresh = {noise("fresh", 10000)};
  const std::vector<float> scores = out_of_fold_score(ensembles, world.data, world.fold);
  for (std::size_t k = 0; k < kFolds; ++k) {
    std::vector<float> own;
    for (std::size_t i = k; i < kEvents; i += kFolds) {
      own.push_back(scores[i]);
    }
    EXPECT_NEAR(classify::auc(mean_score(ensembles[k], fresh), own), 0.5, 4 * auc_error(10000, kEvents / kFolds));
  }
  // The same events scored by an ensemble that saw them: were there leakage, this is what it would look like.
  const std::vector<float> leaked = mean_score(ensembles[0], world.data);
  std::vector<float> seen;
  for (std::size_t i = 1; i < kEvents; i += kFolds) {
    seen.push_back(leaked[i]);
  }
  EXPECT_GT(classify::auc(mean_score(ensembles[0], fresh), seen), 0.7);
}

TEST(OutOfFoldScore, is_that_of_the_events_own_ensemble) {
  const Noise world;
  const std::vector<Ensemble> ensembles = world.train();
  const std::vector<float> scores = out_of_fold_score(ensembles, world.data, world.fold);
  for (std::size_t k = 0; k < kFolds; ++k) {
    const std::vector<float> all = mean_score(ensembles[k], world.data);
    for (std::size_t i = k; i < kEvents; i += kFolds) {
      ASSERT_EQ(scores[i], all[i]) << i;
    }
  }
}

TEST(TrainFoldEnsembles, trains_on_data_rows_of_other_folds_only) {
  Noise world;
  // Rows that are not offered are set to NaN, which training refuses: they must never be touched.
  world.rows.resize(kEvents / 2);
  for (std::size_t i = kEvents / 2; i < kEvents; ++i) {
    world.data[0](i, 0) = std::nanf("");
  }
  world.training.reference = [](std::size_t k, std::size_t, std::size_t n) {
    EXPECT_EQ(n, kEvents / 2 / kFolds * (kFolds - 1)) << "fold " << k;
    return noise("reference", n);
  };
  EXPECT_EQ(world.train().size(), kFolds);
}

std::vector<std::filesystem::path> stored_classifiers(const Noise& world) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(world.folder.path())) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// When each file of the store was written: a classifier that is trained again is written again.
std::vector<std::filesystem::file_time_type> times(const Noise& world) {
  std::vector<std::filesystem::file_time_type> all;
  for (const std::filesystem::path& file : stored_classifiers(world)) {
    all.push_back(std::filesystem::last_write_time(file));
  }
  return all;
}

TEST(TrainFoldEnsembles, finished_classifiers_are_not_trained_again) {
  const Noise world;
  const std::vector<Ensemble> first = world.train();
  const auto written = times(world);
  const std::vector<Ensemble> second = world.train();
  EXPECT_EQ(times(world), written);
  EXPECT_EQ(out_of_fold_score(first, world.data, world.fold), out_of_fold_score(second, world.data, world.fold));
}

/// Classifiers that know an event must not judge it: what was trained on other folds, other labels or other weights is
/// never taken, though features and settings are the same.
TEST(TrainFoldEnsembles, nothing_is_taken_that_saw_other_folds_weights_or_labels) {
  Noise world;
  static_cast<void>(world.train());
  const auto n_trained = [&] { return stored_classifiers(world).size(); };
  ASSERT_EQ(n_trained(), kFolds * 2);
  const std::vector<std::uint8_t> fold = world.fold;
  std::ranges::rotate(world.fold, world.fold.begin() + 1);  // as if the first row of the file were cut off
  static_cast<void>(world.train());
  EXPECT_EQ(n_trained(), 2 * kFolds * 2);
  world.fold = fold;
  const auto reference = world.training.reference;
  world.training.reference = [&](std::size_t k, std::size_t s, std::size_t n) {
    WeightedEvents weighted = reference(k, s, n);
    weighted.weight.assign(weighted.x.rows(), 0.5F);
    return weighted;
  };
  static_cast<void>(world.train());
  EXPECT_EQ(n_trained(), 3 * kFolds * 2);
  world.training.reference = reference;
  // The same events with the labels exchanged.
  std::swap(world.data[0], world.reference);
  static_cast<void>(world.train());
  EXPECT_EQ(n_trained(), 4 * kFolds * 2);
}

TEST(TrainFoldEnsembles, a_lost_or_damaged_classifier_alone_is_trained_again) {
  const Noise world;
  const std::vector<Ensemble> first = world.train();
  const std::vector<std::filesystem::path> files = stored_classifiers(world);
  ASSERT_EQ(files.size(), kFolds * 2);
  const auto n_written = [&](const auto& before) {
    const auto now = times(world);
    std::size_t n = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      n += now[i] != before[i] ? 1U : 0U;
    }
    return n;
  };
  const auto written = times(world);
  std::filesystem::remove(files[0]);
  const std::vector<Ensemble> second = world.train();
  EXPECT_EQ(n_written(written), 1U);
  std::filesystem::resize_file(files[3], 10);
  std::filesystem::copy_file(files[1], files[2], std::filesystem::copy_options::overwrite_existing);
  const std::vector<Ensemble> third = world.train();
  EXPECT_EQ(n_written(written), 3U);
  const std::vector<float> scores = out_of_fold_score(first, world.data, world.fold);
  EXPECT_EQ(out_of_fold_score(second, world.data, world.fold), scores);
  EXPECT_EQ(out_of_fold_score(third, world.data, world.fold), scores);
}

TEST(TrainFoldEnsembles, results_do_not_depend_on_the_number_of_threads) {
  const auto scores = [](std::size_t n_threads) {
    const base::ThreadLimit limit(n_threads);
    const Noise world;
    return out_of_fold_score(world.train(), world.data, world.fold);
  };
  EXPECT_EQ(scores(4), scores(1));
}

TEST(TrainFoldEnsembles, members_take_turns_in_the_spaces) {
  Noise world;
  world.data.push_back(noise("other space", kEvents));
  world.training.n_spaces = 2;
  world.training.n_members = 3;
  std::array<std::atomic<int>, 2> n_gathered_in{};
  world.training.reference = [&](std::size_t, std::size_t space, std::size_t n) {
    ++n_gathered_in[space];
    return noise("reference", n);
  };
  const std::vector<Ensemble> ensembles = world.train();
  EXPECT_EQ(ensembles[0].size(), 3U);
  EXPECT_EQ(n_gathered_in[0], static_cast<int>(kFolds));
  EXPECT_EQ(n_gathered_in[1], static_cast<int>(kFolds));
  // Each member recognises the training events of its own space: fold 1 was trained on by the ensemble of fold 0.
  for (std::size_t m = 0; m < 3; ++m) {
    for (std::size_t s = 0; s < 2; ++s) {
      std::vector<float> seen;
      const std::vector<float> all = classify::predict(ensembles[0][m], world.data[s]);
      for (std::size_t i = 1; i < kEvents; i += kFolds) {
        seen.push_back(all[i]);
      }
      const double area = classify::auc(classify::predict(ensembles[0][m], noise("fresh", 10000)), seen);
      if (s == m % 2) {
        EXPECT_GT(area, 0.6) << "member " << m << ", space " << s;
      } else {
        EXPECT_NEAR(area, 0.5, 5 * auc_error(10000, kEvents / kFolds)) << "member " << m << ", space " << s;
      }
    }
  }
}

TEST(MeanScore, is_the_mean_over_the_spaces_of_the_members) {
  const Noise world;
  const std::vector<Ensemble> ensembles = world.train();
  const Ensemble& ensemble = ensembles[0];
  const std::vector<base::Matrix> spaces = {world.data[0], noise("other space", kEvents)};
  const std::vector<float> all = mean_score(ensemble, spaces);
  const std::vector<float> first = mean_score_in_space(ensemble, 0, 2, spaces[0]);
  const std::vector<float> second = mean_score_in_space(ensemble, 1, 2, spaces[1]);
  for (std::size_t i = 0; i < kEvents; ++i) {
    ASSERT_NEAR(all[i], (first[i] + second[i]) / 2, 2e-7);  // three roundings of numbers below 1
  }
}

TEST(RandomRows, are_some_of_the_rows_in_order) {
  std::vector<std::size_t> rows(100);
  std::iota(rows.begin(), rows.end(), std::size_t{50});
  const base::RandomStream stream({1}, "rows");
  EXPECT_EQ(random_rows(rows, 100, stream), rows);
  EXPECT_EQ(random_rows(rows, 1000, stream), rows);
  EXPECT_TRUE(random_rows(rows, 0, stream).empty());
  const std::vector<std::size_t> some = random_rows(rows, 30, stream);
  EXPECT_EQ(some.size(), 30U);
  EXPECT_TRUE(std::ranges::is_sorted(some));
  EXPECT_EQ(std::ranges::adjacent_find(some), some.end());
  EXPECT_TRUE(std::ranges::includes(rows, some));
  EXPECT_EQ(random_rows(rows, 30, stream), some);
}

TEST(RandomRows, take_every_row_equally_often) {
  const std::vector<std::size_t> rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<double> count(rows.size());
  constexpr int kDraws = 10000;
  for (int i = 0; i < kDraws; ++i) {
    for (const std::size_t row : random_rows(rows, 3, base::RandomStream({1}, std::to_string(i)))) {
      count[row] += 1;
    }
  }
  for (const double n : count) {
    EXPECT_NEAR(n, 0.3 * kDraws, 4.5 * std::sqrt(0.3 * 0.7 * kDraws));  // binomial; ten rows are looked at
  }
}

}  // namespace
}  // namespace eddy::search
