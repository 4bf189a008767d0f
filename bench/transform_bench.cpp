// The transforms of one feature on one panel; items are events.

#include "labels.hpp"

#include <eddy/base/random.hpp>
#include <eddy/flow/affine.hpp>
#include <eddy/flow/spline.hpp>
#include <eddy/net/aligned.hpp>

#include <benchmark/benchmark.h>

namespace {

using eddy::net::AlignedVector;
using eddy::net::kPanel;

/// Normal parameters and samples, as a trained conditioner gives them.
struct Panel {
  explicit Panel(std::size_t n_parameters)
      : parameters(n_parameters * kPanel),
        d_parameters(parameters.size()),
        x(kPanel),
        y(kPanel),
        dy(kPanel, 0.5F),
        dx(kPanel),
        log_jacobian(kPanel),
        d_log_jacobian(kPanel, -1.0F) {
    eddy::base::fill_normal({{1}, "parameters"}, 0, parameters);
    eddy::base::fill_normal({{1}, "x"}, 0, x);
    eddy::base::fill_normal({{1}, "y"}, 0, y);
  }
  AlignedVector<float> parameters, d_parameters, x, y, dy, dx, log_jacobian, d_log_jacobian;
};

/// Runs the kernel call after call.
template <class Kernel>
void measure(benchmark::State& state, Panel& panel, const Kernel& kernel) {
  for (auto _ : state) {
    kernel();
    benchmark::DoNotOptimize(panel.y.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kPanel));
  eddy::bench::label_instructions(state);
}

const eddy::flow::SplineShape kSpline;  // 8 bins

void spline_forward(benchmark::State& state) {
  const auto layout = eddy::flow::layout_of(kSpline);
  Panel p(kSpline.n_parameters());
  const AlignedVector<float> unnormalised = p.parameters;
  measure(state, p, [&] {
    p.parameters = unnormalised;  // the kernel overwrites some of them
    eddy::flow::spline_forward(layout, p.parameters.data(), p.x.data(), p.y.data(), p.log_jacobian.data());
  });
}
BENCHMARK(spline_forward);

void spline_backward(benchmark::State& state) {
  const auto layout = eddy::flow::layout_of(kSpline);
  Panel p(kSpline.n_parameters());
  eddy::flow::spline_forward(layout, p.parameters.data(), p.x.data(), p.y.data(), p.log_jacobian.data());
  measure(state, p, [&] {
    eddy::flow::spline_backward(layout, p.parameters.data(), p.x.data(), p.dy.data(), p.d_log_jacobian.data(),
                                p.dx.data(), p.d_parameters.data());
  });
}
BENCHMARK(spline_backward);

void spline_inverse(benchmark::State& state) {
  const auto layout = eddy::flow::layout_of(kSpline);
  Panel p(kSpline.n_parameters());
  const AlignedVector<float> unnormalised = p.parameters;
  measure(state, p, [&] {
    p.parameters = unnormalised;
    eddy::flow::spline_inverse(layout, p.parameters.data(), p.y.data(), p.x.data());
  });
}
BENCHMARK(spline_inverse);

void affine_forward(benchmark::State& state) {
  Panel p(eddy::flow::kAffineParameters);
  measure(state, p,
          [&] { eddy::flow::affine_forward(p.parameters.data(), p.x.data(), p.y.data(), p.log_jacobian.data()); });
}
BENCHMARK(affine_forward);

void affine_backward(benchmark::State& state) {
  Panel p(eddy::flow::kAffineParameters);
  measure(state, p, [&] {
    eddy::flow::affine_backward(p.parameters.data(), p.x.data(), p.dy.data(), p.d_log_jacobian.data(), p.dx.data(),
                                p.d_parameters.data());
  });
}
BENCHMARK(affine_backward);

void affine_inverse(benchmark::State& state) {
  Panel p(eddy::flow::kAffineParameters);
  measure(state, p, [&] { eddy::flow::affine_inverse(p.parameters.data(), p.y.data(), p.x.data()); });
}
BENCHMARK(affine_inverse);

}  // namespace
