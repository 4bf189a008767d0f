#include <eddy/events/element_type.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace eddy::events {
namespace {

using testing::ElementsAre;

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values, bool swapped = false) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  for (std::size_t i = 0; swapped && i < bytes.size(); i += sizeof(T)) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + sizeof(T)));
  }
  return bytes;
}

/// The values of type `descr`, held in the type that is exact for it.
template <class T>
ColumnValues exact(const std::string& descr, const std::vector<T>& values) {
  const ElementType type = parse_element_type(descr).value();
  ColumnValues out(number_type(type), values.size());
  const std::vector<std::byte> bytes = bytes_of(values, type.swapped);
  convert_elements(type, bytes.data(), type.size, out, 0, values.size());
  return out;
}

TEST(ElementType, IntegersKeepBothEndsOfTheirRangeInEitherByteOrder) {
  const auto check = []<class T, class Held>(const std::string& code, T, Held) {
    const T low = std::numeric_limits<T>::min();
    const T high = std::numeric_limits<T>::max();
    const T uneven = static_cast<T>(high / 3);  // other bytes than when read backwards
    for (const std::string order : {"<", ">", "="}) {
      EXPECT_THAT(exact(order + code, std::vector<T>{low, high, uneven}).template as<Held>(),
                  ElementsAre(static_cast<Held>(low), static_cast<Held>(high), static_cast<Held>(uneven)))
          << order << code;
    }
  };
  check("i1", std::int8_t{}, std::int32_t{});
  check("i2", std::int16_t{}, std::int32_t{});
  check("i4", std::int32_t{}, std::int32_t{});
  check("i8", std::int64_t{}, std::int64_t{});
  check("u1", std::uint8_t{}, std::int32_t{});
  check("u2", std::uint16_t{}, std::int32_t{});
  check("u4", std::uint32_t{}, std::int64_t{});
  check("u8", std::uint64_t{}, std::uint64_t{});
}

TEST(ElementType, HalfPrecisionIsBinary16) {
  struct Case {
    std::uint16_t bits;
    float value;
  };
  constexpr Case kCases[] = {{0x0000, 0},          {0x0001, 0x1p-24F}, {0x03FF, 0x3FFp-24F}, {0x0400, 0x1p-14F},
                             {0x3555, 0x555p-12F}, {0x3C00, 1},        {0x7BFF, 65504},      {0xC000, -2},
                             {0x7C00, INFINITY},   {0xFC00, -INFINITY}};
  for (const Case& c : kCases) {
    for (const std::string descr : {"<f2", ">f2"}) {
      EXPECT_EQ(exact(descr, std::vector{c.bits}).as<float>()[0], c.value) << descr << " " << c.bits;
    }
  }
  EXPECT_TRUE(std::signbit(exact("<f2", std::vector<std::uint16_t>{0x8000}).as<float>()[0]));
  EXPECT_TRUE(std::isnan(exact("<f2", std::vector<std::uint16_t>{0x7E00}).as<float>()[0]));
}

TEST(ElementType, Float32IsTheNearestValue) {
  const std::vector<double> values = {1 + 0x1p-25, 1 + 0x1p-24 + 0x1p-40, 1e39, -1e39, 0x1p-149};
  const ElementType type = parse_element_type("<f8").value();
  ColumnValues out(NumberType::kFloat32, values.size());
  convert_elements(type, bytes_of(values).data(), 8, out, 0, values.size());
  EXPECT_THAT(out.as<float>(), ElementsAre(1, 1 + 0x1p-23F, INFINITY, -INFINITY, 0x1p-149F));
  EXPECT_THAT(exact("<f8", values).as<double>(), ElementsAre(values[0], values[1], 1e39, -1e39, 0x1p-149));
}

TEST(ElementType, RowsAreSteppedOverAndOthersLeftAlone) {
  const std::vector<std::byte> bytes =
      bytes_of(std::vector<std::uint8_t>{9, 1, 0, 9, 9, 2, 0, 9, 9, 3, 0});  // 4 to a row
  ColumnValues out = ColumnValues({-1, -1, -1, -1, -1});
  convert_elements(parse_element_type("<i2").value(), bytes.data() + 1, 4, out, 1, 3);
  EXPECT_THAT(out.as<float>(), ElementsAre(-1, 1, 2, 3, -1));
  convert_elements(parse_element_type("<i2").value(), bytes.data() + bytes.size(), 4, out, 5, 0);  // nothing
}

TEST(ElementType, CodesThatAreNoNumbers) {
  EXPECT_EQ(bytes_per_element("<U8"), 32U);
  EXPECT_EQ(bytes_per_element("|S0"), 0U);
  EXPECT_EQ(bytes_per_element("|V3"), 3U);
  EXPECT_EQ(bytes_per_element("<M8[ns]"), 8U);
  EXPECT_EQ(bytes_per_element("|S1048576"), std::size_t{1} << 20);
  for (const std::string code :
       {"<U8", "|S4", "|V8", "<M8[ns]", "<m8", "<c8", "<c16", "<f16", "<i3", "<f4[", "<f4[]"}) {
    EXPECT_FALSE(parse_element_type(code)) << code;
  }
  for (const std::string code :
       {"", "<", "f8", "<f", "<f8x", "<f-8", "<f 8", "|O", "|O8x", "~f4", "|S1048577", "<f99999999999999999999"}) {
    EXPECT_FALSE(bytes_per_element(code)) << code;
    EXPECT_FALSE(parse_element_type(code)) << code;
  }
}

}  // namespace
}  // namespace eddy::events
