#include <eddy/events/element_type.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace eddy::events {
namespace {

static_assert(std::endian::native == std::endian::little, "parse_element_type compares with little endian");

/// Half precision, IEEE 754 binary16.
struct Half {
  std::uint16_t bits;
  explicit operator float() const {
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
void convert(bool swapped, const std::byte* next, std::size_t stride, std::span<float> out) {
  for (float& value : out) {
    value = static_cast<float>(load<T>(next, swapped));
    next += stride;
  }
}

using Convert = void (*)(bool, const std::byte*, std::size_t, std::span<float>);

struct Conversion {
  char kind;
  std::size_t size;
  Convert convert;
};

constexpr std::array kConversions = {
    Conversion{'b', 1, convert<std::uint8_t>},  Conversion{'i', 1, convert<std::int8_t>},
    Conversion{'i', 2, convert<std::int16_t>},  Conversion{'i', 4, convert<std::int32_t>},
    Conversion{'i', 8, convert<std::int64_t>},  Conversion{'u', 1, convert<std::uint8_t>},
    Conversion{'u', 2, convert<std::uint16_t>}, Conversion{'u', 4, convert<std::uint32_t>},
    Conversion{'u', 8, convert<std::uint64_t>}, Conversion{'f', 2, convert<Half>},
    Conversion{'f', 4, convert<float>},         Conversion{'f', 8, convert<double>},
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
  if (!size || descr.back() == ']' || find_conversion(descr[1], *size) == nullptr) {
    return std::nullopt;
  }
  return ElementType{descr[1], *size, descr[0] == '>'};
}

void convert_elements(ElementType type, const std::byte* first, std::size_t stride, std::span<float> out) {
  find_conversion(type.kind, type.size)->convert(type.swapped, first, stride, out);
}

}  // namespace eddy::events
