#pragma once
// Products of small matrices with panels of samples; dense.hpp says what they compute.

#include <eddy/net/kernels/kernels.hpp>
#include <eddy/net/kernels/simd.hpp>

#include <utility>

namespace eddy::net {
inline namespace EDDY_TARGET {

/// Rows that one pass computes: 16 sums and their operands fit 32 registers; with 16 registers half as many.
#if defined(__AVX512F__)
inline constexpr std::size_t kPassRows = 8;
#else
inline constexpr std::size_t kPassRows = 4;
#endif

/// A matrix read one number at a time: element (m, k) stands at data + m * row_step + k * column_step.
template <class T>
struct Scalars {
  const T* data;
  std::size_t row_step;
  std::size_t column_step;
};

/// A matrix read by vectors: vector v of row k stands at data + k * row_step + v * vector_step.
template <class T>
struct Vectors {
  const T* data;
  std::size_t row_step;
  std::size_t vector_step;
};

template <class T, std::size_t kVectors>
using Sums = Vec<T>[kPassRows][kVectors];

/// The one hot loop of eddy: sum(m, n) += sum_k a(m, k) b(k, n) for kPassRows rows and kVectors vectors of columns, k
/// in `range`. The sums live in registers; with two vectors each k costs two vector loads and kPassRows broadcasts for
/// 2 kPassRows multiply-adds.
template <class T, std::size_t kVectors>
[[gnu::always_inline]] inline void multiply(Scalars<T> a, Vectors<T> b, RowRange range, Sums<T, kVectors>& sum) {
  for (std::size_t k = range.begin; k < range.end; ++k) {
    Vec<T> column[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) {
      column[v] = load(b.data + k * b.row_step + v * b.vector_step);
    }
#pragma GCC unroll 8
    for (std::size_t m = 0; m < kPassRows; ++m) {
      const Vec<T> w = broadcast(a.data[m * a.row_step + k * a.column_step]);
#pragma GCC unroll 2
      for (std::size_t v = 0; v < kVectors; ++v) {
        sum[m][v] += w * column[v];
      }
    }
  }
}

template <class T>
void dense_forward(const DenseLayout& layout, RowRange rows, const T* parameters, const T* x, DenseOutput<T> y) {
  const T* bias = parameters + layout.n_in_padded * layout.n_out_padded;
  for (std::size_t o = rows.begin; o < rows.end; o += kPassRows) {
    const Scalars<T> weights{parameters + in_blocks(0, layout.n_in_padded, o), 1, kRowUnit};
    const RowRange inputs = o < layout.n_out ? layout.inputs_of_tile[o / kRowTile] : RowRange{};
    for (std::size_t s = 0; s < kPanel; s += 2 * kLanes<T>) {
      const std::size_t at = o * kPanel + s;
      Sums<T, 2> sum;
#pragma GCC unroll 8
      for (std::size_t m = 0; m < kPassRows; ++m) {
#pragma GCC unroll 2
        for (std::size_t v = 0; v < 2; ++v) {
          sum[m][v] = broadcast(bias[o + m]);
          if (y.adds) {
            sum[m][v] += load(y.linear + at + m * kPanel + v * kLanes<T>);
          }
        }
      }
      multiply<T, 2>(weights, {x + s, kPanel, kLanes<T>}, inputs, sum);
#pragma GCC unroll 8
      for (std::size_t m = 0; m < kPassRows; ++m) {
#pragma GCC unroll 2
        for (std::size_t v = 0; v < 2; ++v) {
          const std::size_t to = at + m * kPanel + v * kLanes<T>;
          if (y.linear != nullptr) {
            store(y.linear + to, sum[m][v]);
          }
          if (y.rectified != nullptr) {
            store(y.rectified + to, maximum<T>(sum[m][v], Vec<T>{}));
          }
        }
      }
    }
  }
}

/// Asks for kPassRows rows of a panel ahead of their use. What forward left for backward is more than the second-level
/// cache holds, and the processor does not foresee the order of the layers.
template <class T>
[[gnu::always_inline]] inline void prefetch_rows(const T* rows) {
  for (std::size_t i = 0; i < kPassRows * kPanel; i += 64 / sizeof(T)) {
    __builtin_prefetch(rows + i, 0, 2);
  }
}

template <class T>
void dense_backward_input(const DenseLayout& layout, const T* parameters, const T* dy, T* dx, const T* gate, bool adds,
                          const T* ahead) {
  for (std::size_t i = 0; i < layout.n_in_padded; i += kPassRows) {
    if (ahead != nullptr) {
      prefetch_rows(ahead + i * kPanel);
    }
    const RowRange outputs = i < layout.n_in ? layout.outputs_of_tile[i / kRowTile] : RowRange{};
    for (std::size_t s = 0; s < kPanel; s += 2 * kLanes<T>) {
      Sums<T, 2> sum = {};
      for (std::size_t o = outputs.begin; o < outputs.end; o = (o / kRowUnit + 1) * kRowUnit) {
        const std::size_t last = o / kRowUnit * kRowUnit + kRowUnit;
        multiply<T, 2>({parameters + in_blocks(i, layout.n_in_padded, o), kRowUnit, 1},
                       {dy + o * kPanel + s, kPanel, kLanes<T>}, {0, (last < outputs.end ? last : outputs.end) - o},
                       sum);
      }
#pragma GCC unroll 8
      for (std::size_t m = 0; m < kPassRows; ++m) {
#pragma GCC unroll 2
        for (std::size_t v = 0; v < 2; ++v) {
          const std::size_t to = (i + m) * kPanel + s + v * kLanes<T>;
          Vec<T> value = sum[m][v];
          if (gate != nullptr) {
            value = select<T>(load(gate + to) > Vec<T>{}, value, Vec<T>{});
          }
          store(dx + to, adds ? load(dx + to) + value : value);
        }
      }
    }
  }
}

/// Lanes kFirst, kFirst + 1, ... of a and b by turns.
template <class T, std::size_t kFirst, std::size_t... kLane>
[[gnu::always_inline]] inline Vec<T> interleave(Vec<T> a, Vec<T> b, std::index_sequence<kLane...> /*lanes*/) {
  return __builtin_shufflevector(a, b, static_cast<int>(kFirst + kLane / 2 + (kLane % 2) * kLanes<T>)...);
}

/// Transposes a square block of kLanes x kLanes and returns the sum of its columns. Interleaving row i with row i +
/// kLanes / 2 moves each row bit one place up and the top row bit to the bottom of the columns; log2(kLanes) times,
/// rows and columns have changed places.
template <class T>
[[gnu::always_inline]] inline Vec<T> transpose_block(const T* in, std::size_t in_step, T* out, std::size_t out_step) {
  constexpr std::size_t kHalf = kLanes<T> / 2;
  constexpr std::make_index_sequence<kLanes<T>> kAll{};
  Vec<T> rows[kLanes<T>];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kLanes<T>; ++i) {
    rows[i] = load(in + i * in_step);
  }
#pragma GCC unroll 4
  for (std::size_t stage = 1; stage < kLanes<T>; stage *= 2) {
    Vec<T> next[kLanes<T>];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kHalf; ++i) {
      next[2 * i] = interleave<T, 0>(rows[i], rows[i + kHalf], kAll);
      next[2 * i + 1] = interleave<T, kHalf>(rows[i], rows[i + kHalf], kAll);
    }
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kLanes<T>; ++i) {
      rows[i] = next[i];
    }
  }
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kLanes<T>; ++i) {
    store(out + i * out_step, rows[i]);
  }
#pragma GCC unroll 4
  for (std::size_t n = kHalf; n > 0; n /= 2) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < n; ++i) {
      rows[i] += rows[i + n];
    }
  }
  return rows[0];
}

/// sum(i, o) += sum x(i, s) dy(o, s) over all samples of n_panels panels, for kPassRows inputs from row i and kVectors
/// vectors of outputs from o.
template <class T, std::size_t kVectors>
[[gnu::always_inline]] inline void add_outer_products(std::size_t n_panels, const T* x, std::size_t x_step,
                                                      const T* dy_transposed, std::size_t i, std::size_t o,
                                                      std::size_t n_in, T* gradient) {
  const std::size_t n_samples = n_panels * kPanel;
  Sums<T, kVectors> sum;
#pragma GCC unroll 8
  for (std::size_t m = 0; m < kPassRows; ++m) {
#pragma GCC unroll 2
    for (std::size_t v = 0; v < kVectors; ++v) {
      sum[m][v] = load(gradient + in_blocks(i + m, n_in, o + v * kLanes<T>));
    }
  }
  const std::size_t second = in_blocks(0, n_samples, o + kLanes<T>) - in_blocks(0, n_samples, o);
  for (std::size_t p = 0; p < n_panels; ++p) {
    multiply<T, kVectors>({x + p * x_step + i * kPanel, kPanel, 1},
                          {dy_transposed + in_blocks(p * kPanel, n_samples, o), kRowUnit, second}, {0, kPanel}, sum);
  }
#pragma GCC unroll 8
  for (std::size_t m = 0; m < kPassRows; ++m) {
#pragma GCC unroll 2
    for (std::size_t v = 0; v < kVectors; ++v) {
      store(gradient + in_blocks(i + m, n_in, o + v * kLanes<T>), sum[m][v]);
    }
  }
}

/// dy is transposed first, into blocks as those of the weights, so that the vectors of the product run over outputs and
/// the sum over samples needs no horizontal additions. Several panels at a time, so that a tile of the gradient is
/// fetched and stored seldom.
template <class T>
void dense_backward_parameters(const DenseLayout& layout, std::size_t n_panels, const T* x, std::size_t x_step,
                               const T* dy, T* scratch, T* gradient) {
  const std::size_t n_in = layout.n_in_padded;
  const std::size_t n_out = layout.n_out_padded;
  const std::size_t n_samples = n_panels * kPanel;
  T* bias = gradient + n_in * n_out;
  for (std::size_t o = 0; o < n_out; o += kLanes<T>) {
    Vec<T> sum = load(bias + o);
    for (std::size_t s = 0; s < n_samples; s += kLanes<T>) {
      const T* block = dy + (s / kPanel * n_out + o) * kPanel + s % kPanel;
      sum += transpose_block<T>(block, kPanel, scratch + in_blocks(s, n_samples, o), kRowUnit);
    }
    store(bias + o, sum);
  }
  for (std::size_t i = 0; i < layout.n_in; i += kPassRows) {
    const RowRange outputs = layout.outputs_of_tile[i / kRowTile];
    std::size_t o = outputs.begin / kLanes<T> * kLanes<T>;
    for (; o + kLanes<T> < outputs.end; o += 2 * kLanes<T>) {
      add_outer_products<T, 2>(n_panels, x, x_step, scratch, i, o, n_in, gradient);
    }
    if (o < outputs.end) {
      add_outer_products<T, 1>(n_panels, x, x_step, scratch, i, o, n_in, gradient);
    }
  }
}

}  // namespace EDDY_TARGET
}  // namespace eddy::net
