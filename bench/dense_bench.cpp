// The dense kernels on one panel of 32 samples, one core: GFLOP/s of the products a conditioner of 64 hidden units is
// made of.

#include <eddy/net/dense.hpp>

#include <benchmark/benchmark.h>

namespace {

using eddy::net::AlignedVector;
using eddy::net::DenseShape;
using eddy::net::kPanel;

struct Buffers {
  explicit Buffers(const DenseShape& shape)
      : parameters(shape.n_parameters(), 0.01F),
        gradient(shape.n_parameters()),
        x(shape.n_in_padded() * kPanel, 0.5F),
        y(shape.n_out_padded() * kPanel, 0.5F),
        scratch(shape.n_out_padded() * kPanel) {}
  AlignedVector<float> parameters, gradient, x, y, scratch;
};

void count_flops(benchmark::State& state, const DenseShape& shape) {
  const double flops = 2.0 * static_cast<double>(shape.n_in() * shape.n_out() * kPanel);
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
}

void forward(benchmark::State& state) {
  const DenseShape shape(64, 64);
  Buffers b(shape);
  for (auto _ : state) {
    eddy::net::dense_forward(shape, b.parameters.data(), b.x.data(), {.linear = b.y.data()});
    benchmark::DoNotOptimize(b.y.data());
  }
  count_flops(state, shape);
}
BENCHMARK(forward);

void backward_input(benchmark::State& state) {
  const DenseShape shape(64, 64);
  Buffers b(shape);
  for (auto _ : state) {
    eddy::net::dense_backward_input(shape, b.parameters.data(), b.y.data(), b.x.data());
    benchmark::DoNotOptimize(b.x.data());
  }
  count_flops(state, shape);
}
BENCHMARK(backward_input);

void backward_parameters(benchmark::State& state) {
  const DenseShape shape(64, 64);
  Buffers b(shape);
  for (auto _ : state) {
    eddy::net::dense_backward_parameters(shape, b.x.data(), b.y.data(), b.scratch.data(), b.gradient.data());
    benchmark::DoNotOptimize(b.gradient.data());
  }
  count_flops(state, shape);
}
BENCHMARK(backward_parameters);

}  // namespace
