#include <eddy/base/parallel.hpp>
#include <eddy/search/extrapolation/closure_test.hpp>
#include <eddy/search/fold_ensembles.hpp>
#include <eddy/search/retrainings.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace eddy::search {
namespace {

constexpr std::size_t kHalves = 2;

/// The place of each event in a random order.
std::vector<std::size_t> places(const base::RandomStream& stream, const std::vector<std::size_t>& number) {
  const std::size_t n_events = number.empty() ? 0 : std::ranges::max(number) + 1;
  const std::vector<std::size_t> order = base::random_permutation(stream, n_events);
  std::vector<std::size_t> place(n_events);
  for (std::size_t i = 0; i < n_events; ++i) {
    place[order[i]] = i;
  }
  return place;
}

/// Rows of the events in a half; another division in every run, for true and for constructed events.
std::vector<std::size_t> rows_of_half(const base::RandomStream& stream, const std::vector<std::size_t>& number,
                                      std::size_t half) {
  const std::vector<std::size_t> place = places(stream, number);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (place[number[i]] % kHalves == half) {
      rows.push_back(i);
    }
  }
  return rows;
}

/// The events of one run in one half.
ClosureEvents half_of(const ClosureRuns& runs, base::Seed seed, std::size_t run, std::size_t half) {
  const ClosureEvents all = runs.events(run);
  const auto rows = [&](const char* what, const std::vector<std::size_t>& number) {
    return rows_of_half({seed, fmt::format("closure/{}/{}/{}/{}", runs.region, runs.name, what, run)}, number, half);
  };
  const std::vector<std::size_t> constructed = rows("constructed", all.constructed_number);
  return {.truth = base::take_rows(all.truth, rows("true", all.true_number)),
          .constructed = base::take_rows(all.constructed, constructed),
          .weight = take(all.weight, constructed),
          .true_number = {},
          .constructed_number = {}};
}

/// Area and SIC of one run: means over its halves, whose scores are those of different classifiers.
struct RunQuality {
  double auc = 0.5;
  std::vector<double> sic;
};

RunQuality judge_run(const std::vector<Ensemble>& classifiers, std::size_t run,
                     const std::array<ClosureEvents, kHalves>& halves) {
  RunQuality quality{.auc = 0, .sic = std::vector<double>(efficiency_grid().size())};
  for (std::size_t half = 0; half < kHalves; ++half) {
    const ClosureEvents& events = halves[half];
    const classify::Classifier& classifier = classifiers[half][run];  // trained outside this half
    const std::vector<classify::RocPoint> curve = classify::roc_curve(
        classify::predict(classifier, events.constructed), events.weight, classify::predict(classifier, events.truth));
    quality.auc += classify::auc(curve) / kHalves;
    for (std::size_t i = 0; i < quality.sic.size(); ++i) {
      quality.sic[i] += sic_at(curve, efficiency_grid()[i]) / kHalves;
    }
  }
  return quality;
}

}  // namespace

ShuffledRows shuffle_events(const base::RandomStream& stream, const std::vector<std::size_t>& number) {
  const std::vector<std::size_t> place = places(stream, number);
  ShuffledRows shuffled{.rows = std::vector<std::size_t>(number.size())};
  std::iota(shuffled.rows.begin(), shuffled.rows.end(), std::size_t{0});
  std::ranges::stable_sort(shuffled.rows, {}, [&](std::size_t row) { return place[number[row]]; });
  shuffled.n_first_half = static_cast<std::size_t>(
      std::ranges::count_if(number, [&](std::size_t event) { return place[event] < place.size() / 2; }));
  return shuffled;
}

ClosureTest run_closure_test(const ClosureRuns& runs, const SearchConfig& config, const base::TaskStore& store,
                             const base::Monitor& monitor) {
  const base::Seed seed = seed_of(config);
  std::vector<std::array<ClosureEvents, kHalves>> halves(runs.n_runs);
  base::parallel_tasks(runs.n_runs, [&](std::size_t run) {
    halves[run] = {half_of(runs, seed, run, 0), half_of(runs, seed, run, 1)};
  });
  WeakTraining training;
  training.name = fmt::format("closure, {}, {}", runs.region, runs.name);
  training.n_folds = kHalves;
  training.n_members = runs.n_runs;
  training.n_spaces = runs.n_runs;
  training.data = [&](std::size_t fold, std::size_t run) { return halves[run][1 - fold].truth; };
  training.reference = [&](std::size_t fold, std::size_t run, std::size_t) {
    return WeightedEvents(halves[run][1 - fold].constructed, halves[run][1 - fold].weight);
  };
  const std::vector<Ensemble> classifiers =
      train_fold_ensembles(training, config.classifier.classifier, config.search.seed, store, monitor);

  ClosureTest test{.region = runs.region, .name = runs.name, .auc = std::vector<double>(runs.n_runs), .sic = {}};
  for (const ClosureEvents& half : halves.front()) {
    test.n_true += half.truth.rows();
    test.n_constructed += half.constructed.rows();
  }
  std::vector<std::vector<double>> sic(runs.n_runs);
  base::parallel_tasks(runs.n_runs, [&](std::size_t run) {
    RunQuality quality = judge_run(classifiers, run, halves[run]);
    test.auc[run] = quality.auc;
    sic[run] = std::move(quality.sic);
  });
  test.sic = median_bands(efficiency_grid(), sic);
  return test;
}

}  // namespace eddy::search
