#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/metric_path.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>

namespace eddy::report {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

const Json kResult = {
    {"seed", 7},
    {"name", "search"},
    {"setup", {{"n_injected", 12}}},
    {"gate", {{"auc", 0.5}, {"passed", true}}},
    {"sculpting", nullptr},
    {"evaluation",
     {{{"name", "CONRAD"}, {"auc", 0.7}, {"sic", {{"max", 3.5}, {"at_1e-3", nullptr}}}},
      {{"name", "idealized (x)"}, {"auc", 0.9}, {"sic", {{"max", 7.0}, {"at_1e-3", 6.0}}}, {"extra", 1}}}},
    {"working_points", {{{"efficiency", 0.01}, {"z", 1.5}}, {{"efficiency", 1e-05}, {"z", -0.5}}}},
    {"list", {{{"a", 1}}, {{"a", 2}}}},
    {"nothing", Json::array()}};

std::vector<std::string> paths(const std::string& metric) {
  std::vector<std::string> found;
  for (const MetricValue& value : metric_values(kResult, metric)) {
    found.push_back(value.path);
  }
  return found;
}

std::vector<double> numbers(const std::string& metric) {
  std::vector<double> found;
  for (const MetricValue& value : metric_values(kResult, metric)) {
    found.push_back(value.value);
  }
  return found;
}

template <class... Words>
void expect_refused(const std::string& metric, const Words&... words) {
  test::expect_throws_with<base::InputError>([&] { (void)metric_values(kResult, metric); }, "'" + metric + "'",
                                             words...);
}

TEST(MetricPath, leads_to_numbers_and_flags) {
  EXPECT_THAT(numbers("seed"), ElementsAre(7));
  EXPECT_THAT(numbers("setup.n_injected"), ElementsAre(12));
  EXPECT_THAT(numbers("gate.passed"), ElementsAre(1));
  EXPECT_THAT(paths("gate.auc"), ElementsAre("gate.auc"));
  EXPECT_EQ(metric_values(kResult, "gate.auc").front().kind, ElementKind::kNone);
}

TEST(MetricPath, a_list_gives_one_number_for_each_element) {
  for (const std::string metric : {"evaluation.sic.max", "evaluation[*].sic.max"}) {
    EXPECT_THAT(numbers(metric), ElementsAre(3.5, 7.0));
    EXPECT_THAT(paths(metric), ElementsAre("evaluation[CONRAD].sic.max", "evaluation[idealized (x)].sic.max"));
  }
  const std::vector<MetricValue> values = metric_values(kResult, "evaluation.auc");
  EXPECT_EQ(values[1].element, "idealized (x)");
  EXPECT_EQ(values[1].kind, ElementKind::kName);
  EXPECT_EQ(values[1].place, 1U);
}

TEST(MetricPath, the_path_of_a_number_leads_back_to_it) {
  for (const std::string metric : {"evaluation.sic.max", "working_points.z", "list.a", "seed"}) {
    for (const MetricValue& value : metric_values(kResult, metric)) {
      EXPECT_THAT(numbers(value.path), ElementsAre(DoubleEq(value.value))) << value.path;
      EXPECT_THAT(paths(value.path), ElementsAre(value.path));
    }
  }
}

TEST(MetricPath, brackets_choose_by_efficiency_name_or_place) {
  for (const std::string efficiency : {"0.01", "1e-2", "0.010"}) {
    EXPECT_THAT(numbers("working_points[" + efficiency + "].z"), ElementsAre(1.5));
  }
  EXPECT_THAT(numbers("working_points[0.00001].z"), ElementsAre(-0.5));
  EXPECT_THAT(numbers("evaluation[idealized (x)].auc"), ElementsAre(0.9));
  EXPECT_THAT(numbers("list[2].a"), ElementsAre(2));
}

TEST(MetricPath, null_is_a_number_that_does_not_exist) {
  EXPECT_TRUE(std::isnan(numbers("evaluation[CONRAD].sic.at_1e-3").at(0)));
  EXPECT_TRUE(std::isnan(numbers("sculpting.n_bins").at(0)));  // a part that this result does not have
}

TEST(MetricPath, elements_without_the_number_are_left_out) {
  EXPECT_THAT(paths("evaluation.extra"), ElementsAre("evaluation[idealized (x)].extra"));
}

TEST(MetricPath, what_is_not_there_is_named_with_what_is) {
  expect_refused("gat.auc", "has no 'gat'", "evaluation, gate, list");
  expect_refused("gate.area", "'gate' has no 'area'", "auc, passed");
  expect_refused("working_points[0.02].z", "has no [0.02]", "it has 0.01, 1e-05");
  expect_refused("working_points[CONRAD].z", "has no [CONRAD]");
  expect_refused("evaluation[ANODE].auc", "has no [ANODE]", "CONRAD, idealized (x)");
  expect_refused("evaluation.sic", "is not a number", "at_1e-3, max");
  expect_refused("name", "is not a number");
  expect_refused("seed.a", "has no 'a'");
  expect_refused("gate[1].auc", "is not a list", "leave out [1]");
  expect_refused("nothing.a", "is an empty list");
}

TEST(MetricPath, grammar) {
  for (const std::string bad : {"", ".a", "a.", "a..b", "a[", "a[]", "a[1", "a]", "a[1]b", "[1]", "a.[1]"}) {
    test::expect_throws_with<base::InputError>([&] { require_metric_path(bad); }, "'" + bad + "'", "joined by dots");
  }
  for (const std::string good : {"a", "a.b", "a[1]", "a[x.y].b", "a.b[1].c-d"}) {
    EXPECT_NO_THROW(require_metric_path(good)) << good;
  }
}

}  // namespace
}  // namespace eddy::report
