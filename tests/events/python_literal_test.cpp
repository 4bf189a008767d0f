#include <eddy/events/python_value.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace eddy::events {
namespace {

using Kind = PythonValue::Kind;

TEST(PythonLiteral, ReadsAHeaderAsNumpyWritesIt) {
  const auto header = parse_python_literal(
      "{'descr': [('pt', '<f4'), ('it\\'s', '|b1', (1,))], 'fortran_order': False, 'shape': (3L, 4,), }   \n");
  ASSERT_TRUE(header);
  const PythonValue* const descr = header->find("descr");
  ASSERT_NE(descr, nullptr);
  EXPECT_EQ(descr->items.at(1).items.at(0).text, "it's");
  EXPECT_EQ(descr->items.at(1).items.at(2).items.at(0).integer, 1);
  EXPECT_EQ(header->find("fortran_order")->kind, Kind::kBool);
  EXPECT_EQ(header->find("shape")->items.at(0).integer, 3);
  EXPECT_EQ(header->find("none"), nullptr);
}

TEST(PythonLiteral, OnlyMappingsHaveKeys) {
  EXPECT_EQ(parse_python_literal("['a', 1]")->find("a"), nullptr);
  EXPECT_EQ(parse_python_literal("{'b': 'a', 1: 2}")->find("a"), nullptr) << "values are no keys";
}

TEST(PythonLiteral, TextsEndAtTheirOwnQuote) {
  EXPECT_EQ(parse_python_literal("'a\"b'")->text, "a\"b");
  EXPECT_EQ(parse_python_literal("\"a'b\"")->text, "a'b");
  EXPECT_EQ(parse_python_literal("'a\\\\'")->text, "a\\");
  EXPECT_EQ(parse_python_literal("''")->kind, Kind::kText);
  for (const char* bad : {"'", "'a", "'a\"", "'a\\'", "'\\n'", "'\\", "'a' 'b'", "u'a'"}) {
    EXPECT_FALSE(parse_python_literal(bad)) << bad;
  }
}

TEST(PythonLiteral, IntegersHave64Bits) {
  EXPECT_EQ(parse_python_literal("9223372036854775807")->integer, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_python_literal("-9223372036854775808")->integer, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse_python_literal("(-7,)")->items.at(0).text, "-7");
  for (const char* bad : {"9223372036854775808", "-", "1.5", "0x10", "1 2", "1e3", "- 1"}) {
    EXPECT_FALSE(parse_python_literal(bad)) << bad;
  }
}

TEST(PythonLiteral, ContainersCloseAsTheyOpened) {
  EXPECT_TRUE(parse_python_literal(" ( ) ")->items.empty());
  EXPECT_EQ(parse_python_literal("{}")->kind, Kind::kMapping);
  EXPECT_EQ(parse_python_literal("[1, None, True,]")->items.size(), 3U);
  for (const char* bad : {"", "(", ")", "(1", "(1]", "[1,,2]", "(,)", "{1}", "{1:}", "{:1}", "{1:2,,}", "{1:2 3:4}",
                          "()()", "Truest", "nonsense"}) {
    EXPECT_FALSE(parse_python_literal(bad)) << bad;
  }
}

TEST(PythonLiteral, SeventeenLevelsAreReadAndNoMore) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(parse_python_literal(nested(17)));
  EXPECT_FALSE(parse_python_literal(nested(18)));
  EXPECT_FALSE(parse_python_literal("{1:" + nested(17) + "}"));
}

}  // namespace
}  // namespace eddy::events
