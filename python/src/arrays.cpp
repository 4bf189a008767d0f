#include "arrays.hpp"

#include <eddy/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace eddy::python {
namespace {

namespace nb = nanobind;

template <events::ColumnNumber T>
bool is_type(const nb::dlpack::dtype& type) {
  return type == nb::dtype<T>();
}

}  // namespace

nb::object to_numpy(const base::Matrix& matrix) {
  const std::span<const float> values = matrix.values();
  return to_numpy(std::vector<float>(values.begin(), values.end()), {matrix.rows(), matrix.cols()});
}

ColumnBytes column_bytes(const std::string& name, const AnyVector& values) {
  struct Known {
    bool (*is)(const nb::dlpack::dtype&);
    events::NumberType type;
    std::size_t bytes;
  };
  constexpr Known kTypes[] = {{is_type<float>, events::NumberType::kFloat32, 4},
                              {is_type<double>, events::NumberType::kFloat64, 8},
                              {is_type<std::int32_t>, events::NumberType::kInt32, 4},
                              {is_type<std::int64_t>, events::NumberType::kInt64, 8},
                              {is_type<std::uint64_t>, events::NumberType::kUint64, 8}};
  for (const Known& known : kTypes) {
    if (known.is(values.dtype())) {
      const std::size_t n = values.shape(0);
      return {known.type, {static_cast<const std::byte*>(values.data()), n * known.bytes}, n};
    }
  }
  throw base::DataError(
      fmt::format("column '{}' holds numbers of a type that eddy does not keep; make it float32, "
                  "float64 or an integer of 32 or 64 bits",
                  name));
}

}  // namespace eddy::python
