// The masked conditioner of a flow of 3 features and 1 context variable with splines of 8 bins, on one group of panels,
// and the optimiser's step. Argument: hidden units. FLOP/s count the weights that the masks leave.

#include "labels.hpp"

#include <eddy/net/adam.hpp>
#include <eddy/net/masked_network.hpp>

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using eddy::net::AlignedVector;
using eddy::net::kGroup;
using eddy::net::kPanel;
using eddy::net::MaskedNetwork;

constexpr int kFeatures = 3;
constexpr std::size_t kSplineParameters = 23;

MaskedNetwork conditioner(const benchmark::State& state) {
  std::vector<int> outputs;
  for (int d = 0; d < kFeatures; ++d) {
    outputs.insert(outputs.end(), kSplineParameters, d);
  }
  const std::vector<int> inputs = {0, 1, 2, 3};  // the context, then features, seen by those after them
  return {inputs, outputs, static_cast<std::size_t>(state.range(0)), 2};
}

/// A network with what it computes on: for each panel its inputs and, behind them, its workspace.
struct Conditioner {
  explicit Conditioner(const benchmark::State& state)
      : network(conditioner(state)),
        n_inputs(network.n_inputs_padded() * kPanel),
        step(n_inputs + network.workspace_size()),
        n_outputs(network.n_outputs_padded() * kPanel),
        parameters(network.n_parameters()),
        gradient(network.n_parameters()),
        panels(kGroup * step, 0.5F),
        dx(kGroup * n_inputs),
        output(kGroup * n_outputs),
        d_output(kGroup * n_outputs, 0.5F),
        scratch(network.backward_scratch_size()),
        forward_scratch(network.forward_scratch_size()) {
    network.initialise({{1}, "weights"}, parameters);
  }

  void forward(std::size_t panel) {
    float* x = &panels[panel * step];
    network.forward(parameters.data(), x, x + n_inputs, forward_scratch.data(), &output[panel * n_outputs]);
  }
  void forward_by_degree(std::size_t panel) {
    float* x = &panels[panel * step];
    for (std::size_t degree = 0; degree < kFeatures; ++degree) {
      network.forward_degree(degree, parameters.data(), x, x + n_inputs, forward_scratch.data(),
                             &output[panel * n_outputs]);
    }
  }
  void backward() {
    network.backward(parameters.data(), kGroup, panels.data(), panels.data() + n_inputs, step, d_output.data(),
                     scratch.data(), gradient.data(), dx.data());
  }
  /// `per_weight` operations for each weight and sample.
  void count(benchmark::State& state, double per_weight) const {
    eddy::bench::count_flops(state, per_weight * active_weights() * static_cast<double>(kGroup * kPanel));
  }
  [[nodiscard]] double active_weights() const {
    AlignedVector<float> mask(network.n_parameters());
    network.fill_mask(mask);
    double n = 0;
    for (std::size_t l = 0; l < network.n_layers(); ++l) {
      for (std::size_t i = 0; i < network.layer_shape(l).bias_offset(); ++i) {
        n += mask[network.layer_offset(l) + i];
      }
    }
    return n;
  }

  MaskedNetwork network;
  std::size_t n_inputs, step, n_outputs;
  AlignedVector<float> parameters, gradient, panels, dx, output, d_output, scratch, forward_scratch;
};

void conditioner_forward(benchmark::State& state) {
  Conditioner c(state);
  for (auto _ : state) {
    for (std::size_t panel = 0; panel < kGroup; ++panel) {
      c.forward(panel);
    }
    benchmark::DoNotOptimize(c.output.data());
  }
  c.count(state, 2);
}
BENCHMARK(conditioner_forward)->Arg(64)->Arg(128);

/// All degrees one after the other, as the inverse of a flow asks for them.
void conditioner_by_degree(benchmark::State& state) {
  Conditioner c(state);
  for (auto _ : state) {
    for (std::size_t panel = 0; panel < kGroup; ++panel) {
      c.forward_by_degree(panel);
    }
    benchmark::DoNotOptimize(c.output.data());
  }
  c.count(state, 2);
}
BENCHMARK(conditioner_by_degree)->Arg(64)->Arg(128);

void conditioner_backward(benchmark::State& state) {
  Conditioner c(state);
  for (std::size_t panel = 0; panel < kGroup; ++panel) {
    c.forward(panel);
  }
  for (auto _ : state) {
    c.backward();
    benchmark::DoNotOptimize(c.gradient.data());
  }
  c.count(state, 4);
}
BENCHMARK(conditioner_backward)->Arg(64)->Arg(128);

/// Items are weights that are trained.
void adam_step(benchmark::State& state) {
  Conditioner c(state);
  AlignedVector<float> mask(c.parameters.size());
  c.network.fill_mask(mask);
  const eddy::net::ActiveParameters active = eddy::net::find_active_parameters(mask);
  eddy::net::Adam adam(c.parameters.size());
  for (auto _ : state) {
    adam.step(1e-3, active, c.gradient, c.parameters);
    benchmark::DoNotOptimize(c.parameters.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(c.active_weights()));
  eddy::bench::label_instructions(state);
}
BENCHMARK(adam_step)->Arg(64)->Arg(128);

}  // namespace
