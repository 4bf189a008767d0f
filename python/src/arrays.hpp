#pragma once
// Arrays of numpy as the engine takes them, and back.

#include <eddy/base/matrix.hpp>
#include <eddy/events/column_values.hpp>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace eddy::python {

/// A C-contiguous array on the side of numpy, not copied; python/eddy makes what is something else one of these.
template <class T, class... Shape>
using Array = nanobind::ndarray<const T, nanobind::c_contig, nanobind::device::cpu, Shape...>;
template <class T>
using Vector = Array<T, nanobind::ndim<1>>;
using Table = Array<float, nanobind::ndim<2>>;

using AnyVector = nanobind::ndarray<nanobind::ro, nanobind::c_contig, nanobind::device::cpu, nanobind::ndim<1>>;

template <class T>
[[nodiscard]] std::span<const T> span_of(const Vector<T>& array) {
  return {array.data(), array.shape(0)};
}

[[nodiscard]] inline base::MatrixView view_of(const Table& array) {
  return {array.data(), array.shape(0), array.shape(1), array.shape(1)};
}

/// A numpy array that owns `values`, of `shape`.
template <class T>
[[nodiscard]] nanobind::object to_numpy(std::vector<T> values, std::vector<std::size_t> shape) {
  auto* const kept = new std::vector<T>(std::move(values));
  const nanobind::capsule owner(kept, [](void* pointer) noexcept { delete static_cast<std::vector<T>*>(pointer); });
  return nanobind::cast(nanobind::ndarray<nanobind::numpy, T>(kept->data(), shape.size(), shape.data(), owner));
}
template <class T>
[[nodiscard]] nanobind::object to_numpy(std::vector<T> values) {
  const std::size_t n = values.size();
  return to_numpy(std::move(values), {n});
}
[[nodiscard]] nanobind::object to_numpy(const base::Matrix& matrix);

/// The bytes of a column of numbers, and what they are. Throws DataError that names the column for any other type.
struct ColumnBytes {
  events::NumberType type;
  std::span<const std::byte> bytes;
  std::size_t size;
};
[[nodiscard]] ColumnBytes column_bytes(const std::string& name, const AnyVector& values);

}  // namespace eddy::python
