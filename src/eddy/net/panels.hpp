#pragma once
// Between tables (one row per event) and panels (one row per feature).

#include <eddy/base/matrix.hpp>
#include <eddy/net/dense.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace eddy::net {

/// Copies up to kPanel rows of `table`, starting at `first`, into a panel (table.cols, kPanel); missing samples repeat
/// the last.
template <class T>
void fill_panel(base::MatrixView table, std::size_t first, T* panel) {
  for (std::size_t s = 0; s < kPanel; ++s) {
    const float* row = table.data + std::min(first + s, table.rows - 1) * table.stride;
    for (std::size_t c = 0; c < table.cols; ++c) {
      panel[c * kPanel + s] = row[c];
    }
  }
}

/// The same for rows picked by number.
inline void gather_panel(base::MatrixView table, std::span<const std::size_t> rows, float* panel) {
  for (std::size_t s = 0; s < kPanel; ++s) {
    const float* row = table.data + rows[std::min(s, rows.size() - 1)] * table.stride;
    for (std::size_t c = 0; c < table.cols; ++c) {
      panel[c * kPanel + s] = row[c];
    }
  }
}

/// Copies `n` samples of a panel into rows first ... first + n - 1 of `table`.
template <class T>
void empty_panel(const T* panel, std::size_t first, std::size_t n, base::Matrix& table) {
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t c = 0; c < table.cols(); ++c) {
      table(first + s, c) = static_cast<float>(panel[c * kPanel + s]);
    }
  }
}

}  // namespace eddy::net
