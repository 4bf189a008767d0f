#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/histfactory.hpp>

#include <gtest/gtest.h>
#include <exchange/synthetic_model.hpp>

#include <cmath>

namespace eddy::exchange {
namespace {

using base::Json;

/// The branch of a normsys beyond one standard deviation.
double beyond_one(const Json& modifier, double alpha) { return std::pow(modifier["data"]["hi"].get<double>(), alpha); }

TEST(Histfactory, LogLinearFactorsAreExponentialsWhereAlphaIs) {
  const Json workspace = histfactory_workspace(synthetic_model());
  const Json& background = workspace["channels"][0]["samples"][1];
  const Json& shape = background["modifiers"][2];
  const Json& config = workspace["measurements"][0]["config"];
  const Json& parameter = config["parameters"][2];
  ASSERT_EQ(shape["name"], "shape_1");
  ASSERT_EQ(parameter["name"], "shape_1");
  const double centre = parameter["inits"][0].get<double>();
  EXPECT_EQ(parameter["auxdata"][0], centre);
  EXPECT_GT(parameter["bounds"][0][0].get<double>(), 1);
  const double width = 50 / (parameter["bounds"][0][1].get<double>() - centre);
  EXPECT_GE(width, 40);  // the constraint weighs 1 / width^2
  for (const double theta : {-50.0, -1.0, 0.0, 2.0, 50.0}) {
    const double events = background["data"][0].get<double>() * beyond_one(shape, centre + theta / width);
    EXPECT_NEAR(events, 10 * std::exp(0.05 * theta), 1e-9 * events) << theta;
  }
}

TEST(Histfactory, ExponentsBeyondDoublePrecisionAreRefused) {
  StatisticalModel model = synthetic_model();
  EXPECT_NO_THROW(require_exponents(model));
  model.channels[0].samples[2].factors[0].log_size = -6;
  EXPECT_THROW(require_exponents(model), base::NumericError);
}

TEST(Histfactory, ShiftsAreSymmetric) {
  const Json rest = histfactory_workspace(synthetic_model())["channels"][0]["samples"][2];
  const Json& shift = rest["modifiers"][1];
  EXPECT_EQ(shift["type"], "histosys");
  EXPECT_NEAR(shift["data"]["hi_data"][1].get<double>() + shift["data"]["lo_data"][1].get<double>(),
              2 * rest["data"][1].get<double>(), 1e-12);
}

TEST(Histfactory, PatchesHoldTheSignalOfEachStrength) {
  const StatisticalModel model = synthetic_model();
  const Json patches = signal_patches(model, histfactory_workspace(model));
  ASSERT_EQ(patches["patches"].size(), 3U);
  const Json& second = patches["patches"][1];
  EXPECT_EQ(second["metadata"]["values"][0], 200.0);
  EXPECT_EQ(second["patch"][0]["path"], "/channels/0/samples/0");
  const Json& signal = second["patch"][0]["value"];
  EXPECT_NEAR(signal["data"][0].get<double>(), 2 * 12 / 6.0, 1e-12);  // 12 events pass; at mu = 1 there are 6
  EXPECT_NEAR(signal["modifiers"][2]["data"]["hi"].get<double>(), 1.1, 1e-12);
}

}  // namespace
}  // namespace eddy::exchange
