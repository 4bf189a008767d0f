#include <eddy/base/json.hpp>
#include <eddy/exchange/yaml.hpp>

#include <gtest/gtest.h>

namespace eddy::exchange {
namespace {

TEST(Yaml, IsBlockStyleWithQuotedTexts) {
  const base::Json document = {{"a", {1, 2.5, "no"}},
                               {"b", {{{"c", nullptr}, {"d", base::Json::array()}}, {{"e", true}}}}};
  EXPECT_EQ(yaml_text(document),
            "\"a\":\n  - 1\n  - 2.5\n  - \"no\"\n"
            "\"b\":\n  - \"c\": null\n    \"d\": []\n  - \"e\": true\n");
  EXPECT_EQ(yaml_text(base::Json::array({base::Json::array({1, 2})})), "- - 1\n  - 2\n");
}

// YAML 1.1, which readers of HEPData use, takes 1e-05 for a text.
TEST(Yaml, NumbersWithAnExponentHaveAPoint) {
  EXPECT_EQ(yaml_text({1e-5, 2.5e-7, 1e20}), "- 1.0e-05\n- 2.5e-07\n- 1.0e+20\n");
}

TEST(Yaml, TextsAreEscaped) { EXPECT_EQ(yaml_text({{"x", "a \"b\"\n: - #"}}), "\"x\": \"a \\\"b\\\"\\n: - #\"\n"); }

}  // namespace
}  // namespace eddy::exchange
