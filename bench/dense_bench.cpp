// The dense kernels on one panel (weight gradients: four, as in training), one core: FLOP/s of the products that
// conditioners of 64 and 128 hidden units are made of, without a mask.

#include "labels.hpp"

#include <eddy/net/dense.hpp>

#include <benchmark/benchmark.h>

namespace {

using eddy::net::AlignedVector;
using eddy::net::DenseShape;
using eddy::net::kPanel;

constexpr std::size_t kPanels = 4;  // of a weight gradient

struct Buffers {
  explicit Buffers(const DenseShape& shape)
      : parameters(shape.n_parameters(), 0.01F),
        gradient(shape.n_parameters()),
        x(kPanels * shape.n_in_padded() * kPanel, 0.5F),
        y(kPanels * shape.n_out_padded() * kPanel, 0.5F),
        scratch(y.size()) {}
  AlignedVector<float> parameters, gradient, x, y, scratch;
};

/// As many inputs as outputs, given by the benchmark's argument.
DenseShape square(const benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  return {n, n};
}

void count(benchmark::State& state, const DenseShape& shape, std::size_t n_panels = 1) {
  eddy::bench::count_flops(state, 2.0 * static_cast<double>(shape.n_in() * shape.n_out() * n_panels * kPanel));
}

void dense_forward(benchmark::State& state) {
  const DenseShape shape = square(state);
  Buffers b(shape);
  for (auto _ : state) {
    eddy::net::dense_forward(shape, b.parameters.data(), b.x.data(), {.linear = b.y.data()});
    benchmark::DoNotOptimize(b.y.data());
  }
  count(state, shape);
}
BENCHMARK(dense_forward)->Arg(64)->Arg(128);

void dense_backward_input(benchmark::State& state) {
  const DenseShape shape = square(state);
  Buffers b(shape);
  for (auto _ : state) {
    eddy::net::dense_backward_input(shape, b.parameters.data(), b.y.data(), b.x.data());
    benchmark::DoNotOptimize(b.x.data());
  }
  count(state, shape);
}
BENCHMARK(dense_backward_input)->Arg(64)->Arg(128);

void dense_backward_parameters(benchmark::State& state) {
  const DenseShape shape = square(state);
  Buffers b(shape);
  for (auto _ : state) {
    eddy::net::dense_backward_parameters(shape, kPanels, b.x.data(), shape.n_in_padded() * kPanel, b.y.data(),
                                         b.scratch.data(), b.gradient.data());
    benchmark::DoNotOptimize(b.gradient.data());
  }
  count(state, shape, kPanels);
}
BENCHMARK(dense_backward_parameters)->Arg(64)->Arg(128);

}  // namespace
