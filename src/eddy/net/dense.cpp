#include <eddy/net/dense.hpp>

#include <algorithm>

namespace eddy::net {

DenseShape::DenseShape(std::size_t n_in, std::size_t n_out)
    : DenseShape(std::vector<int>(n_in, 0), std::vector<int>(n_out, 0)) {}

DenseShape::DenseShape(std::span<const int> input_degree, std::span<const int> output_degree)
    : n_in_(input_degree.size()),
      n_out_(output_degree.size()),
      n_in_padded_(round_up(n_in_, kRowUnit)),
      n_out_padded_(round_up(n_out_, kRowUnit)),
      mask_(n_in_padded_ * n_out_padded_, 0),
      output_exists_(n_out_padded_, 0) {
  std::ranges::transform(output_degree, output_exists_.begin(), [](int degree) { return degree != kPaddingDegree; });
  for (std::size_t i = 0; i < n_in_; ++i) {
    for (std::size_t o = 0; o < n_out_; ++o) {
      const bool padding = input_degree[i] == kPaddingDegree || output_degree[o] == kPaddingDegree;
      mask_[i * n_out_padded_ + o] = !padding && input_degree[i] <= output_degree[o] ? 1 : 0;
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

}  // namespace eddy::net
