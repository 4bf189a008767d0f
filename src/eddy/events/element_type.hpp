#pragma once

#include <eddy/events/column_values.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace eddy::events {

/// A number in numpy's encoding: bool, integers of 1 to 8 bytes, floats of 2, 4 or 8 bytes.
struct ElementType {
  char kind;         ///< 'b', 'i', 'u' or 'f'
  std::size_t size;  ///< bytes
  bool swapped;      ///< stored in the other byte order than this machine's
};

/// "<f8", "|b1", ">i4", ...; nothing for texts, times, complex numbers, objects and long doubles.
[[nodiscard]] std::optional<ElementType> parse_element_type(std::string_view descr);

/// Bytes per element of any numpy type code ("<U8" has 32); nothing when `descr` is not one.
[[nodiscard]] std::optional<std::size_t> bytes_per_element(std::string_view descr);

/// The type that holds such numbers exactly.
[[nodiscard]] NumberType number_type(ElementType type);

/// Converts `n` elements, the first at `first`, each `stride` bytes after the one before, to the values of `out` from
/// `row` on. `out` is float32 (nearest value; beyond its range infinity) or number_type(type).
void convert_elements(ElementType type, const std::byte* first, std::size_t stride, ColumnValues& out, std::size_t row,
                      std::size_t n);

}  // namespace eddy::events
