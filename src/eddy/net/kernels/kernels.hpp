#pragma once
// The table of kernels of one instruction set. Plain data and pointers to functions, nothing else: this header is
// compiled with every instruction set (see simd.hpp). The functions around it (dense.hpp, adam.hpp, logistic.hpp) are
// what callers use.

#include <cstddef>

namespace eddy::net {

/// Samples per panel: two AVX-512 vectors, so that each weight that is loaded is used twice and a panel of 64 hidden
/// units (8 kB) stays in the first-level cache.
inline constexpr std::size_t kPanel = 32;

/// Rows for which a zero block of a mask is skipped.
inline constexpr std::size_t kRowTile = 8;

/// Row counts are padded to multiples of this, and weights stand in blocks of as many outputs: one cache line of them
/// for each input. A kernel then walks through consecutive lines. (In rows of all outputs, 128 say, it would jump from
/// line to line by 512 bytes, and half of a column would fall out of the few places that the first-level cache has for
/// such addresses.)
inline constexpr std::size_t kRowUnit = 16;

/// Where column `o` of row `row` stands in blocks of kRowUnit columns, each of `n_rows` rows.
[[gnu::always_inline]] constexpr std::size_t in_blocks(std::size_t row, std::size_t n_rows, std::size_t o) {
  return (o / kRowUnit * n_rows + row) * kRowUnit + o % kRowUnit;
}

/// A half-open range.
struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// What the kernels need to know of a DenseShape.
struct DenseLayout {
  std::size_t n_in;
  std::size_t n_out;
  std::size_t n_in_padded;
  std::size_t n_out_padded;
  const RowRange* inputs_of_tile;   ///< inputs seen by a tile of kRowTile outputs
  const RowRange* outputs_of_tile;  ///< outputs that see a tile of kRowTile inputs
};

/// Where dense_forward puts y = W x + b. Either may be null.
template <class T>
struct DenseOutput {
  T* linear;               ///< y, or y added to what is there
  bool adds = false;       ///< the residual connection: y += what `linear` holds
  T* rectified = nullptr;  ///< max(y, 0)
};

/// Step of the Adam optimiser with both bias corrections folded in.
struct AdamRates {
  float rate;
  float epsilon;
};

template <class T>
struct Kernels {
  void (*dense_forward)(const DenseLayout& layout, RowRange rows, const T* parameters, const T* x, DenseOutput<T> y);
  void (*dense_backward_input)(const DenseLayout& layout, const T* parameters, const T* dy, T* dx, const T* gate,
                               bool adds, const T* ahead);
  void (*dense_backward_parameters)(const DenseLayout& layout, std::size_t n_panels, const T* x, std::size_t x_step,
                                    const T* dy, T* scratch, T* gradient);
  void (*logistic)(std::size_t n, const T* logit, const T* target, const T* weight, T* loss, T* d_logit);
  void (*adam)(const AdamRates& rates, const RowRange* ranges, std::size_t n_ranges, T* gradient, T* mean, T* variance,
               T* parameters);
};

/// The kernels of the instruction set that runs (instruction_set.hpp).
template <class T>
const Kernels<T>& kernels();

}  // namespace eddy::net
