#include <eddy/base/json.hpp>
#include <eddy/exchange/hs3.hpp>

#include <gtest/gtest.h>
#include <exchange/synthetic_model.hpp>

#include <set>

namespace eddy::exchange {
namespace {

using base::Json;

std::set<std::string> names_in(const Json& list) {
  std::set<std::string> names;
  for (const Json& one : list) {
    names.insert(one["name"].get<std::string>());
  }
  return names;
}

TEST(Hs3, EveryParameterHasADomainAndAStart) {
  const Json document = hs3_document(synthetic_model());
  const std::set<std::string> expected = {"mu", "scale", "shape_1", "yield", "closure", "spread"};
  EXPECT_EQ(names_in(document["domains"][0]["axes"]), expected);
  std::set<std::string> with_nominal = expected;
  with_nominal.insert("nominal_spread");
  EXPECT_EQ(names_in(document["parameter_points"][0]["parameters"]), with_nominal);
  EXPECT_EQ(document["likelihoods"][0]["aux_distributions"], Json({"constraint_spread"}));
  EXPECT_EQ(document["functions"][0]["expression"], "exp((0.05)*shape_1)");
}

// Slopes 1, 3 and 1 per 100: y = 1 + x / 100 + |x - 100| / 100 - |x - 200| / 100, which is 0, 1, 4, 5 at 0, 100, 200,
// 300.
TEST(Hs3, PassingIsStraightBetweenStrengths) {
  EXPECT_EQ(passing_expression(synthetic_model().grid, 3, "x"),
            "(0.9999999999999999) + (0.01)*x + (0.009999999999999998)*sqrt((x - 100)*(x - 100)) + "
            "(-0.009999999999999998)*sqrt((x - 200)*(x - 200))");
}

TEST(Hs3, OfTheStrengthMuIsAFunction) {
  const Json document = hs3_document_of_strength(synthetic_model());
  EXPECT_EQ(document["analyses"][0]["parameters_of_interest"], Json({"strength"}));
  EXPECT_FALSE(names_in(document["domains"][0]["axes"]).contains("mu"));
  EXPECT_TRUE(names_in(document["functions"]).contains("mu"));
  EXPECT_TRUE(names_in(document["domains"][0]["axes"]).contains("signal_efficiency"));
}

}  // namespace
}  // namespace eddy::exchange
