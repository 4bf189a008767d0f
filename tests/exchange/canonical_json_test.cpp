#include <eddy/base/json.hpp>
#include <eddy/exchange/canonical_json.hpp>

#include <gtest/gtest.h>

namespace eddy::exchange {
namespace {

// What Python 3.11 writes with sort_keys=True, ensure_ascii=False.
TEST(CanonicalJson, IsThatOfPython) {
  const base::Json document = {{"b", {1.0, 0.1, 1e-5, 1e16, 123456.0, 0.0001, -2.5e-300}},
                               {"a", {{"z", nullptr}, {"é", true}, {"y", "a \"word\"\n"}}},
                               {"c", 3},
                               {"d", base::Json::array()},
                               {"e", base::Json::object()}};
  EXPECT_EQ(canonical_json(document),
            R"({"a": {"y": "a \"word\"\n", "z": null, "é": true}, "b": [1.0, 0.1, 1e-05, 1e+16, 123456.0, 0.0001, )"
            R"(-2.5e-300], "c": 3, "d": [], "e": {}})");
}

}  // namespace
}  // namespace eddy::exchange
