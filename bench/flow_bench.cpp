// Flow training as a search does it (gather, forward, backward, Adam, validation), events per second on one core.

#include <eddy/flow/fit.hpp>

#include <benchmark/benchmark.h>

#include <vector>

namespace {

/// Correlated normal features whose mean depends on the context.
struct Sample {
  Sample(std::size_t n, std::size_t n_features) : x(n, n_features), context(n, 1), is_validation(n) {
    eddy::base::fill_normal(eddy::base::RandomStream({1}, "features"), 0, x.values());
    eddy::base::fill_normal(eddy::base::RandomStream({1}, "context"), 0, context.values());
    for (std::size_t i = 0; i < n; ++i) {
      is_validation[i] = i % 10 == 0 ? 1 : 0;
      for (std::size_t d = 0; d < n_features; ++d) {
        x(i, d) += 0.3F * context(i, 0) + (d > 0 ? 0.5F * x(i, d - 1) : 0.0F);
      }
    }
  }
  eddy::base::Matrix x;
  eddy::base::Matrix context;
  std::vector<std::uint8_t> is_validation;
};

/// Arguments: 0 = rational-quadratic, 1 = affine; hidden units; residual blocks; batch size.
void train(benchmark::State& state) {
  constexpr std::size_t kEvents = 50000;
  const Sample sample(kEvents, 3);
  eddy::flow::FlowSettings settings;
  settings.transform = state.range(0) == 0 ? "rqs" : "affine";
  settings.hidden = state.range(1);
  settings.blocks = state.range(2);
  settings.training.batch_size = state.range(3);
  settings.training.epochs = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        eddy::flow::fit_flow({sample.x, sample.context, sample.is_validation}, settings, {1}, "bench", {}));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEvents) * 9 / 10);
}
BENCHMARK(train)
    ->Args({0, 64, 1, 256})
    ->Args({0, 64, 2, 128})
    ->Args({0, 128, 2, 128})
    ->Args({1, 128, 2, 216})
    ->Unit(benchmark::kMillisecond);

}  // namespace
