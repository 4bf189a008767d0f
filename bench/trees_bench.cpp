// Boosted trees as a search trains them: several members on one binned sample, each with its own validation events.
// Times are processor times of one thread; bench/sklearn_trees.py does the same with scikit-learn.

#include <eddy/classify/roc.hpp>
#include <eddy/classify/trees.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace {

using eddy::classify::BoostedTrees;
using eddy::classify::LabelledEvents;
using eddy::classify::QuantisedSample;
using eddy::classify::TreeSettings;

constexpr std::size_t kFeatures = 3;
constexpr std::size_t kMembers = 10;

/// Reference N(0, 1)^3; data the same with 3 % of it in a blob N(1, 0.4)^3. Data first.
LabelledEvents make_events(const char* name, std::size_t n_data, std::size_t n_reference) {
  LabelledEvents events{eddy::base::Matrix(n_data + n_reference, kFeatures), {}, {}};
  eddy::base::fill_normal(eddy::base::RandomStream({5}, name), 0, events.x.values());
  for (std::size_t i = 0; i < n_data * 3 / 100; ++i) {
    for (float& value : events.x.row(i)) {
      value = 1 + 0.4F * value;
    }
  }
  events.label.assign(events.x.rows(), 0);
  std::fill_n(events.label.begin(), n_data, 1);
  events.weight.assign(events.x.rows(), 1.0F);
  return events;
}

BoostedTrees fit_member(const QuantisedSample& sample, const TreeSettings& settings, std::size_t member) {
  return BoostedTrees::fit(sample, settings, eddy::base::RandomStream({member}, "bench"), {});
}

double held_out_auc(const BoostedTrees& trees, std::size_t n_data, std::size_t n_reference) {
  const std::vector<float> scores = trees.predict(make_events("held out", n_data, n_reference).x);
  return eddy::classify::auc(std::span(scores).last(n_reference), std::span(scores).first(n_data));
}

/// Arguments: thousands of data and reference events; patience (10: CONRAD; 1000: all 200 iterations). The time is that
/// of one member with its share of the binning.
void fit(benchmark::State& state) {
  const auto n_data = static_cast<std::size_t>(state.range(0)) * 1000;
  const auto n_reference = static_cast<std::size_t>(state.range(1)) * 1000;
  const LabelledEvents events = make_events("train", n_data, n_reference);
  TreeSettings settings;
  settings.patience = state.range(2);
  std::size_t n_iterations = 0;
  double sum_auc = 0;
  for (auto _ : state) {
    const QuantisedSample sample(events, settings.max_bins);
    for (std::size_t m = 0; m < kMembers; ++m) {
      const BoostedTrees trees = fit_member(sample, settings, m);
      state.PauseTiming();
      n_iterations += trees.losses().train.size();
      sum_auc += held_out_auc(trees, n_data, n_reference);
      state.ResumeTiming();
    }
  }
  const auto n_fits = static_cast<double>(state.iterations() * static_cast<std::int64_t>(kMembers));
  using benchmark::Counter;
  state.counters["s_per_member"] = Counter(n_fits, Counter::kIsRate | Counter::kInvert);
  state.counters["s_per_iteration"] = Counter(static_cast<double>(n_iterations), Counter::kIsRate | Counter::kInvert);
  state.counters["iterations_per_member"] = static_cast<double>(n_iterations) / n_fits;
  state.counters["auc"] = sum_auc / n_fits;
}
BENCHMARK(fit)->Args({60, 60, 10})->Args({52, 208, 10})->Args({60, 60, 1000})->Unit(benchmark::kMillisecond);

/// Argument: iterations, all kept thanks to the small learning rate. Items are events times trees.
void predict(benchmark::State& state) {
  const LabelledEvents events = make_events("train", 60000, 60000);
  TreeSettings settings;
  settings.max_iterations = state.range(0);
  settings.learning_rate = 0.003;
  settings.patience = 1000;
  const QuantisedSample sample(events, settings.max_bins);
  const BoostedTrees trees = fit_member(sample, settings, 0);
  for (auto _ : state) {
    benchmark::DoNotOptimize(trees.predict(events.x));
  }
  state.counters["kept"] = static_cast<double>(trees.n_iterations());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events.x.rows() * trees.n_iterations()));
}
BENCHMARK(predict)->Arg(20)->Arg(200)->Unit(benchmark::kMillisecond);

}  // namespace
