// Compiled once per instruction set; see simd.hpp.

#include <eddy/net/kernels/dense_kernels.hpp>

namespace eddy::net {
inline namespace EDDY_TARGET {
namespace {

/// See logistic.hpp.
template <class T>
void logistic(std::size_t n, const T* logit, const T* target, const T* weight, T* loss, T* d_logit) {
  for (std::size_t i = 0; i < n; i += kLanes<T>) {
    const Vec<T> l = load(logit + i);
    store(loss + i, load(weight + i) * (softplus<T>(l) - load(target + i) * l));
    store(d_logit + i, load(weight + i) * (sigmoid<T>(l) - load(target + i)));
  }
}

/// See adam.hpp. The gradient is set to 0 on the way: the next batch adds to it.
template <class T>
void adam(const AdamRates& rates, const RowRange* ranges, std::size_t n_ranges, T* gradient, T* mean, T* variance,
          T* parameters) {
  constexpr T kBeta1 = static_cast<T>(0.9);
  constexpr T kBeta2 = static_cast<T>(0.999);
  for (std::size_t r = 0; r < n_ranges; ++r) {
    for (std::size_t i = ranges[r].begin; i < ranges[r].end; i += kLanes<T>) {
      const Vec<T> g = load(gradient + i);
      const Vec<T> m = kBeta1 * load(mean + i) + (1 - kBeta1) * g;
      const Vec<T> v = kBeta2 * load(variance + i) + (1 - kBeta2) * (g * g);
      store(gradient + i, Vec<T>{});
      store(mean + i, m);
      store(variance + i, v);
      store(parameters + i, load(parameters + i) -
                                static_cast<T>(rates.rate) * m / (square_root<T>(v) + static_cast<T>(rates.epsilon)));
    }
  }
}

template <class T>
constexpr Kernels<T> kTable = {dense_forward<T>, dense_backward_input<T>, dense_backward_parameters<T>, logistic<T>,
                               adam<T>};

}  // namespace

extern const Kernels<float> kFloatKernels;
extern const Kernels<double> kDoubleKernels;
const Kernels<float> kFloatKernels = kTable<float>;
const Kernels<double> kDoubleKernels = kTable<double>;

}  // namespace EDDY_TARGET
}  // namespace eddy::net
