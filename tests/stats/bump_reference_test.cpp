// The same fits by Minuit: tests/data/stats/make_bump_reference.py writes the file.

#include <eddy/base/json.hpp>
#include <eddy/stats/bump_signal.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "repository.hpp"

namespace eddy::stats {
namespace {

using base::Json;

BackgroundShape shape_of(const Json& c) {
  const auto n = c.at("n_parameters").get<std::size_t>();
  if (c.at("shape") == "dijet") {
    return DijetShape{c.at("sqrt_s").get<double>(), n};
  }
  return BernsteinShape{n - 1};
}

std::vector<LogNormalNuisance> nuisances_of(const Json& c) {
  std::vector<LogNormalNuisance> nuisances;
  for (const Json& n : c.at("nuisances")) {
    const bool signal = n.at("target") == "signal";
    nuisances.push_back({n.at("name").get<std::string>(),
                         signal ? NuisanceTarget::kSignal : NuisanceTarget::kBackground,
                         n.at("relative_size").get<double>(), n.at("per_bin").get<std::vector<double>>()});
  }
  return nuisances;
}

/// To 1e-3 of the value, or of its error where that is larger (a parameter may be 0).
void expect_parameters(const Json& reference, const BumpFit& fit) {
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double expected = reference[i].get<double>();
    const double error = std::sqrt(fit.covariance(i, i));
    EXPECT_NEAR(fit.parameters[i], expected, 1e-3 * std::max(std::abs(expected), error)) << fit.names[i];
  }
}

TEST(BumpReference, minuit_finds_the_same_minimum) {
  std::ifstream file(test::repository_folder() + "/tests/data/stats/bump_reference.json");
  const Json cases = Json::parse(file);
  ASSERT_EQ(cases.size(), 6U);
  for (const Json& c : cases) {
    SCOPED_TRACE(describe(shape_of(c)));
    const MassHistogram histogram{c.at("edges").get<std::vector<double>>(), c.at("counts").get<std::vector<double>>()};
    const GaussianSignal gaussian{c.at("mean").get<double>(), c.at("width").get<double>()};
    const BumpSignal result =
        fit_signal(histogram, shape_of(c), signal_template(gaussian, histogram), {0.95, nuisances_of(c)});
    const Json& minuit = c.at("minuit");
    expect_parameters(minuit.at("null_parameters"), result.null);
    expect_parameters(minuit.at("best_parameters"), result.best);
    // Minuit stops within 1e-6 of the minimum.
    EXPECT_NEAR(result.null.quality.deviance, minuit.at("null_deviance").get<double>(), 1e-5);
    EXPECT_NEAR(result.best.quality.deviance, minuit.at("best_deviance").get<double>(), 1e-5);
    const double strength = minuit.at("strength").get<double>();
    EXPECT_NEAR(result.strength / strength, 1, 1e-3);
    EXPECT_NEAR(result.z, minuit.at("z").get<double>(), 1e-2);
    // Minuit's (MINOS) is where the profile rises by 1, ours the expected information: they differ by the scatter of
    // the counts.
    EXPECT_NEAR(result.strength_error / minuit.at("strength_error").get<double>(), 1, 0.03);
    const Json& pulls = minuit.at("pulls");
    for (std::size_t k = 0; k < pulls.size(); ++k) {
      EXPECT_NEAR(result.best.parameters[n_parameters(shape_of(c)) + 1 + k], pulls[k].get<double>(), 1e-3);
    }
  }
}

}  // namespace
}  // namespace eddy::stats
