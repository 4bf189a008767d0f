#include <eddy/base/parallel.hpp>
#include <eddy/search/extrapolation/closure_test.hpp>
#include <eddy/search/fold_ensembles.hpp>
#include <eddy/search/retrainings.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace eddy::search {
namespace {

constexpr std::size_t kHalves = 2;

/// Rows of [0, n) in a half; another division in every run, for true and for constructed events.
std::vector<std::size_t> rows_of_half(const base::RandomStream& stream, std::size_t n, std::size_t half) {
  const std::vector<std::size_t> order = base::random_permutation(stream, n);
  std::vector<std::size_t> rows;
  for (std::size_t i = half; i < n; i += kHalves) {
    rows.push_back(order[i]);
  }
  std::ranges::sort(rows);
  return rows;
}

/// The events of one run in one half.
ClosureEvents half_of(const ClosureRuns& runs, base::Seed seed, std::size_t run, std::size_t half) {
  const ClosureEvents all = runs.events(run);
  const auto rows = [&](const char* what, std::size_t n) {
    return rows_of_half({seed, fmt::format("closure/{}/{}/{}/{}", runs.region, runs.name, what, run)}, n, half);
  };
  const std::vector<std::size_t> constructed = rows("constructed", all.constructed.rows());
  ClosureEvents part{.truth = base::take_rows(all.truth, rows("true", all.truth.rows())),
                     .constructed = base::take_rows(all.constructed, constructed),
                     .weight = {}};
  std::ranges::transform(constructed, std::back_inserter(part.weight), [&](std::size_t i) { return all.weight[i]; });
  return part;
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

ClosureTest run_closure_test(const ClosureRuns& runs, const SearchConfig& config, const base::TaskStore& store,
                             const base::Monitor& monitor) {
  const base::Seed seed{static_cast<std::uint64_t>(config.search.seed)};
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
    return halves[run][1 - fold].constructed;
  };
  training.reference_weight = [&](std::size_t fold, std::size_t run, std::size_t) {
    return halves[run][1 - fold].weight;
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
