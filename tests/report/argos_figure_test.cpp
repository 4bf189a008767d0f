#include <eddy/base/json.hpp>
#include <eddy/report/argos_figure.hpp>
#include <eddy/report/result.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <report/figure_json.hpp>
#include <report/synthetic_resonant.hpp>

namespace eddy::report {
namespace {

using report_test::synthetic_resonant;
using testing::HasSubstr;

TEST(ArgosFigure, shows_the_curve_its_largest_value_and_what_chance_makes) {
  const search::Finding finding = synthetic_resonant();
  ASSERT_TRUE(finding.argos);
  const Json figure = to_json(*argos_figure(finding));
  const Json traces = figure["panels"][0]["traces"];
  EXPECT_EQ(report_test::trace_of(traces, "data", "line")["y"].size(), finding.argos->curve.size());
  EXPECT_NEAR(report_test::trace_of(traces, "signal", "points")["y"][0].get<double>(), finding.argos->best.value,
              1e-5 * finding.argos->best.value);
  EXPECT_NEAR(report_test::trace_of(traces, "reference", "horizontal_line")["y"][0].get<double>(),
              finding.argos->chance_median, 1e-5);
  EXPECT_THAT(figure["caption"].get<std::string>(), HasSubstr("samples of the sideband density"));
}

TEST(ArgosFigure, is_not_there_without_a_template) {
  search::Finding finding = synthetic_resonant();
  finding.argos.reset();
  EXPECT_FALSE(argos_figure(finding));
  EXPECT_FALSE(result_of(finding).contains("argos"));
  finding.argos = search::Argos{.reference = "template", .n_data = 0};
  EXPECT_FALSE(argos_figure(finding));
  EXPECT_TRUE(result_of(finding)["argos"]["best"].is_null());
}

}  // namespace
}  // namespace eddy::report
