#include <eddy/events/element_type.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace eddy::events {
namespace {

static_assert(std::endian::native == std::endian::little, "parse_element_type compares with little endian");

/// Half precision, IEEE 754 binary16.
struct Half {
  std::uint16_t bits;
  template <class T>
  explicit operator T() const {
    return static_cast<T>(value());
  }
  [[nodiscard]] float value() const {
    const int exponent = (bits >> 10) & 0x1F;
    const int fraction = bits & 0x3FF;
    const float magnitude = exponent == 0x1F ? (fraction == 0 ? INFINITY : NAN)
                            : exponent == 0  ? std::ldexp(static_cast<float>(fraction), -24)
                                             : std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
  }
};

template <class T>
T load(const std::byte* from, bool swapped) {
  std::array<std::byte, sizeof(T)> bytes;
  std::memcpy(bytes.data(), from, sizeof(T));
  if (swapped) {
    std::ranges::reverse(bytes);
  }
  return std::bit_cast<T>(bytes);
}

template <class T>
void convert(bool swapped, const std::byte* next, std::size_t stride, ColumnValues& out, std::size_t row,
             std::size_t n) {
  out.visit([&](auto& values) {
    using Out = typename std::remove_cvref_t<decltype(values)>::value_type;
    for (auto& value : std::span(values).subspan(row, n)) {
      value = static_cast<Out>(load<T>(next, swapped));
      next += stride;
    }
  });
}

using Convert = void (*)(bool, const std::byte*, std::size_t, ColumnValues&, std::size_t, std::size_t);

struct Conversion {
  char kind;
  std::size_t size;
  Convert convert;
  NumberType exact;
};

constexpr std::array kConversions = {
    Conversion{'b', 1, convert<std::uint8_t>, NumberType::kInt32},
    Conversion{'i', 1, convert<std::int8_t>, NumberType::kInt32},
    Conversion{'i', 2, convert<std::int16_t>, NumberType::kInt32},
    Conversion{'i', 4, convert<std::int32_t>, NumberType::kInt32},
    Conversion{'i', 8, convert<std::int64_t>, NumberType::kInt64},
    Conversion{'u', 1, convert<std::uint8_t>, NumberType::kInt32},
    Conversion{'u', 2, convert<std::uint16_t>, NumberType::kInt32},
    Conversion{'u', 4, convert<std::uint32_t>, NumberType::kInt64},
    Conversion{'u', 8, convert<std::uint64_t>, NumberType::kUint64},
    Conversion{'f', 2, convert<Half>, NumberType::kFloat32},
    Conversion{'f', 4, convert<float>, NumberType::kFloat32},
    Conversion{'f', 8, convert<double>, NumberType::kFloat64},
};

const Conversion* find_conversion(char kind, std::size_t size) {
  const auto found =
      std::ranges::find_if(kConversions, [&](const Conversion& c) { return c.kind == kind && c.size == size; });
  return found == kConversions.end() ? nullptr : &*found;
}

}  // namespace

std::optional<std::size_t> bytes_per_element(std::string_view descr) {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20;  // longer texts inside event files do not exist
  if (descr.size() < 2 || std::string_view("<>|=").find(descr[0]) == std::string_view::npos) {
    return std::nullopt;
  }
  if (descr.substr(1) == "O") {
    return std::nullopt;  // pickled objects have no fixed size
  }
  std::size_t size = 0;
  const char* const last = descr.data() + descr.size();
  const auto [end, error] = std::from_chars(descr.data() + 2, last, size);
  const bool whole = end == last || *end == '[';  // '<M8[ns]'
  if (error != std::errc{} || !whole || size > kMaxBytes) {
    return std::nullopt;
  }
  return descr[1] == 'U' ? 4 * size : size;
}

std::optional<ElementType> parse_element_type(std::string_view descr) {
  const std::optional<std::size_t> size = bytes_per_element(descr);
  if (!size || descr.find('[') != std::string_view::npos || find_conversion(descr[1], *size) == nullptr) {
    return std::nullopt;
  }
  return ElementType{descr[1], *size, descr[0] == '>'};
}

NumberType number_type(ElementType type) { return find_conversion(type.kind, type.size)->exact; }

void convert_elements(ElementType type, const std::byte* first, std::size_t stride, ColumnValues& out, std::size_t row,
                      std::size_t n) {
  assert(out.type() == NumberType::kFloat32 || out.type() == number_type(type));
  find_conversion(type.kind, type.size)->convert(type.swapped, first, stride, out, row, n);
}

}  // namespace eddy::events
