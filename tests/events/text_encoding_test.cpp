#include <eddy/events/text_encoding.hpp>

#include <gtest/gtest.h>

namespace eddy::events {
namespace {

TEST(IsText, TakesUtf8WithoutControlCharacters) {
  for (const char* text : {"", "a,b\r\n\t", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "cut \xE2\x82"}) {
    EXPECT_TRUE(is_text(text)) << text;
  }
  for (const char* text : {"\x01", "\x7F", "\xE9t\xE9", "\xC0\x80", "\x80", "\xFF"}) {
    EXPECT_FALSE(is_text(text)) << text;
  }
}

TEST(FromLatin1, WritesEveryLetterInUtf8) {
  EXPECT_EQ(from_latin1("plain"), "plain");
  EXPECT_EQ(from_latin1("\xE9t\xE9"), "\xC3\xA9t\xC3\xA9");
  for (int code = 0; code < 256; ++code) {
    EXPECT_EQ(from_latin1(std::string(1, static_cast<char>(code))).size(), code < 128 ? 1U : 2U);
  }
}

}  // namespace
}  // namespace eddy::events
