#include <eddy/net/dense.hpp>
#include <eddy/net/simd.hpp>

#include <algorithm>

namespace eddy::net {
namespace {

/// A matrix read one number at a time: element (m, k) stands at data + m * row_step + k * column_step.
template <class T>
struct Scalars {
  const T* data;
  std::size_t row_step;
  std::size_t column_step;
};

/// The one hot loop of eddy: c(m, n) += sum_k a(m, k) b(k, n) for a tile of kRowTile rows and two vectors of columns, k
/// in `range`. The 16 sums live in registers; each k costs two vector loads and kRowTile broadcasts for 16
/// multiply-adds.
template <class T>
[[gnu::always_inline]] inline void multiply_tile(Scalars<T> a, const T* b, std::size_t b_step, RowRange range,
                                                 Vec<T> (&sum)[kRowTile][2]) {
  for (std::size_t k = range.begin; k < range.end; ++k) {
    const Vec<T> b0 = load(b + k * b_step);
    const Vec<T> b1 = load(b + k * b_step + kLanes<T>);
#pragma GCC unroll 8
    for (std::size_t m = 0; m < kRowTile; ++m) {
      const Vec<T> w = broadcast(a.data[m * a.row_step + k * a.column_step]);
      sum[m][0] += w * b0;
      sum[m][1] += w * b1;
    }
  }
}

template <class T>
[[gnu::always_inline]] inline void store_tile(const Vec<T> (&sum)[kRowTile][2], T* c, std::size_t c_step) {
#pragma GCC unroll 8
  for (std::size_t m = 0; m < kRowTile; ++m) {
    store(c + m * c_step, sum[m][0]);
    store(c + m * c_step + kLanes<T>, sum[m][1]);
  }
}

/// (n_rows, kPanel) -> (kPanel, n_rows), so that the sum over samples in dense_backward_parameters becomes a product
/// whose vectors run over outputs.
template <class T>
void transpose_panel(const T* in, std::size_t n_rows, T* out) {
  constexpr std::size_t kBlock = 8;
  for (std::size_t r = 0; r < n_rows; r += kBlock) {
    for (std::size_t s = 0; s < kPanel; ++s) {
      for (std::size_t i = 0; i < kBlock; ++i) {
        out[s * n_rows + r + i] = in[(r + i) * kPanel + s];
      }
    }
  }
}

}  // namespace

DenseShape::DenseShape(std::size_t n_in, std::size_t n_out)
    : DenseShape(std::vector<int>(n_in, 0), std::vector<int>(n_out, 0)) {}

DenseShape::DenseShape(std::span<const int> input_degree, std::span<const int> output_degree)
    : n_in_(input_degree.size()),
      n_out_(output_degree.size()),
      n_in_padded_(round_up(n_in_, kRowUnit)),
      n_out_padded_(round_up(n_out_, kRowUnit)),
      mask_(n_in_padded_ * n_out_padded_, 0) {
  for (std::size_t i = 0; i < n_in_; ++i) {
    for (std::size_t o = 0; o < n_out_; ++o) {
      mask_[i * n_out_padded_ + o] = input_degree[i] <= output_degree[o] ? 1 : 0;
    }
  }
  find_ranges();
}

void DenseShape::find_ranges() {
  inputs_of_tile_.assign(n_out_padded_ / kRowTile, {n_in_, 0});
  outputs_of_tile_.assign(n_in_padded_ / kRowTile, {n_out_padded_, 0});
  const auto widen = [](RowRange& range, std::size_t row) {
    range.begin = std::min(range.begin, row);
    range.end = std::max(range.end, row + 1);
  };
  for (std::size_t i = 0; i < n_in_; ++i) {
    for (std::size_t o = 0; o < n_out_; ++o) {
      if (connected(i, o)) {
        widen(inputs_of_tile_[o / kRowTile], i);
        widen(outputs_of_tile_[i / kRowTile], o);
      }
    }
  }
}

template <class T>
void dense_forward(const DenseShape& shape, const T* parameters, const T* x, T* y, Start start) {
  const T* bias = parameters + shape.bias_offset();
  for (std::size_t o = 0; o < shape.n_out_padded(); o += kRowTile) {
    const Scalars<T> weights{parameters + o, 1, shape.n_out_padded()};
    for (std::size_t s = 0; s < kPanel; s += 2 * kLanes<T>) {
      T* out = y + o * kPanel + s;
      Vec<T> sum[kRowTile][2];
      for (std::size_t m = 0; m < kRowTile; ++m) {
        const Vec<T> b = broadcast(bias[o + m]);
        const bool residual = start == Start::kBiasPlusOutput;
        sum[m][0] = residual ? b + load(out + m * kPanel) : b;
        sum[m][1] = residual ? b + load(out + m * kPanel + kLanes<T>) : b;
      }
      multiply_tile<T>(weights, x + s, kPanel, shape.inputs_of(o), sum);
      store_tile<T>(sum, out, kPanel);
    }
  }
}

template <class T>
void dense_backward_input(const DenseShape& shape, const T* parameters, const T* dy, T* dx) {
  for (std::size_t i = 0; i < shape.n_in_padded(); i += kRowTile) {
    const Scalars<T> weights{parameters + i * shape.n_out_padded(), shape.n_out_padded(), 1};
    for (std::size_t s = 0; s < kPanel; s += 2 * kLanes<T>) {
      Vec<T> sum[kRowTile][2] = {};
      multiply_tile<T>(weights, dy + s, kPanel, shape.outputs_of(i), sum);
      store_tile<T>(sum, dx + i * kPanel + s, kPanel);
    }
  }
}

template <class T>
void dense_backward_parameters(const DenseShape& shape, const T* x, const T* dy, T* scratch, T* gradient) {
  const std::size_t n_out = shape.n_out_padded();
  transpose_panel(dy, n_out, scratch);
  for (std::size_t i = 0; i < shape.n_in_padded(); i += kRowTile) {
    const RowRange outputs = shape.outputs_of(i);
    const Scalars<T> inputs{x + i * kPanel, kPanel, 1};
    // Columns go in pairs of vectors; a last single vector is summed row by row.
    std::size_t o = outputs.begin / kLanes<T> * kLanes<T>;
    for (; o + 2 * kLanes<T> <= n_out && o < outputs.end; o += 2 * kLanes<T>) {
      T* block = gradient + i * n_out + o;
      Vec<T> sum[kRowTile][2];
      for (std::size_t m = 0; m < kRowTile; ++m) {
        sum[m][0] = load(block + m * n_out);
        sum[m][1] = load(block + m * n_out + kLanes<T>);
      }
      multiply_tile<T>(inputs, scratch + o, n_out, {0, kPanel}, sum);
      store_tile<T>(sum, block, n_out);
    }
    for (; o < outputs.end; o += kLanes<T>) {
      for (std::size_t m = 0; m < kRowTile; ++m) {
        T* block = gradient + (i + m) * n_out + o;
        Vec<T> sum = load(block);
        for (std::size_t s = 0; s < kPanel; ++s) {
          sum += broadcast(inputs.data[m * kPanel + s]) * load(scratch + s * n_out + o);
        }
        store(block, sum);
      }
    }
  }
  T* bias = gradient + shape.bias_offset();
  for (std::size_t s = 0; s < kPanel; ++s) {
    for (std::size_t o = 0; o < n_out; o += kLanes<T>) {
      store(bias + o, load(bias + o) + load(scratch + s * n_out + o));
    }
  }
}

template <class T>
void relu_forward(const T* x, T* y, std::size_t n_rows) {
  for (std::size_t i = 0; i < n_rows * kPanel; i += kLanes<T>) {
    store(y + i, maximum<T>(load(x + i), Vec<T>{}));
  }
}

template <class T>
void relu_backward(const T* y, const T* dy, T* dx, std::size_t n_rows) {
  for (std::size_t i = 0; i < n_rows * kPanel; i += kLanes<T>) {
    store(dx + i, select<T>(load(y + i) > Vec<T>{}, load(dy + i), Vec<T>{}));
  }
}

template void dense_forward(const DenseShape&, const float*, const float*, float*, Start);
template void dense_forward(const DenseShape&, const double*, const double*, double*, Start);
template void dense_backward_input(const DenseShape&, const float*, const float*, float*);
template void dense_backward_input(const DenseShape&, const double*, const double*, double*);
template void dense_backward_parameters(const DenseShape&, const float*, const float*, float*, float*);
template void dense_backward_parameters(const DenseShape&, const double*, const double*, double*, double*);
template void relu_forward(const float*, float*, std::size_t);
template void relu_forward(const double*, double*, std::size_t);
template void relu_backward(const float*, const float*, float*, std::size_t);
template void relu_backward(const double*, const double*, double*, std::size_t);

}  // namespace eddy::net
