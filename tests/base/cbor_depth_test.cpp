#include <eddy/base/cbor_depth.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace eddy::base {
namespace {

std::string cbor_of(const Json& document) {
  const std::vector<std::uint8_t> bytes = Json::to_cbor(document);
  return {bytes.begin(), bytes.end()};
}

std::size_t depth_of(const Json& document) {
  std::size_t deepest = 0;
  for (const Json& part : document) {
    deepest = std::max(deepest, part.is_structured() ? depth_of(part) : 0);
  }
  return document.is_structured() && !document.empty() ? deepest + 1 : 0;
}

Json some_document(RandomStream& stream, std::size_t levels) {
  switch (stream.below(levels == 0 ? 5 : 8)) {
    case 0:
      return stream.bits_at(1);
    case 1:
      return -static_cast<std::int64_t>(stream.below(100000));
    case 2:
      return stream.uniform();
    case 3:
      return std::string(stream.below(400), 'x');
    case 4:
      return Json::binary(std::vector<std::uint8_t>(stream.below(70000), 0xFF));
    case 5: {
      Json map = Json::object();
      for (std::size_t i = stream.below(30); i > 0; --i) {
        map["key " + std::to_string(i)] = some_document(stream, levels - 1);
      }
      return map;
    }
    default: {
      Json array = Json::array();
      for (std::size_t i = stream.below(6); i > 0; --i) {
        array.push_back(some_document(stream, levels - 1));
      }
      return array;
    }
  }
}

TEST(CborDepth, IsThatOfTheDocument) {
  RandomStream stream({1}, "documents");
  std::size_t deepest = 0;
  for (int i = 0; i < 300; ++i) {
    const Json document = some_document(stream, 5);
    const std::size_t depth = depth_of(document);
    deepest = std::max(deepest, depth);
    const std::string bytes = cbor_of(document);
    EXPECT_FALSE(is_cbor_deeper_than(bytes, depth)) << document.dump().substr(0, 200);
    EXPECT_TRUE(depth == 0 || is_cbor_deeper_than(bytes, depth - 1)) << document.dump().substr(0, 200);
  }
  EXPECT_EQ(deepest, 5U);
}

TEST(CborDepth, OfMoreLevelsThanAStackHas) {
  constexpr std::size_t kMany = 100000;
  std::string maps;
  for (std::size_t i = 0; i < kMany; ++i) {
    maps +=
        "\xA1\x61"
        "a";
  }
  for (const char* opening : {"\x81", "\x9F", "\xBF", "\x7F", "\x5F", "\xC6"}) {  // arrays, maps, strings, a tag
    std::string many;
    for (std::size_t i = 0; i < kMany; ++i) {
      many += opening;
    }
    EXPECT_TRUE(is_cbor_deeper_than(many, kDeepestDocument)) << static_cast<int>(opening[0]);
  }
  EXPECT_TRUE(is_cbor_deeper_than(maps, kDeepestDocument));
}

TEST(CborDepth, OfIndefiniteLengthsEndsWithThem) {
  const std::string siblings =
      "\x9F\x9F\xFF\x9F\x01\xFF\x7F\x61"
      "a"
      "\xFF\xFF";  // [[], [1], "a"]
  EXPECT_FALSE(is_cbor_deeper_than(siblings, 2));
  EXPECT_TRUE(is_cbor_deeper_than(siblings, 1));
}

/// What is no CBOR is no deeper than its beginning.
TEST(CborDepth, OfBytesThatAreNoneIsLeftToTheParser) {
  using namespace std::string_literals;
  for (const std::string& bytes : {""s, "\xFF"s, "\x1C"s, "\x81"s, "\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s,
                                   "\xBB\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s, "\x7B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s,
                                   "\x5B\x00\x00"s, "\x19\x01"s, "\x81\xFF"s, "\x1F"s}) {
    EXPECT_FALSE(is_cbor_deeper_than(bytes, kDeepestDocument));
  }
}

}  // namespace
}  // namespace eddy::base
