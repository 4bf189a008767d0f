#include <eddy/base/error.hpp>
#include <eddy/search/config.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "check_throws.hpp"
#include "search/synthetic_resonance.hpp"
#include "search/synthetic_sample.hpp"

namespace eddy::search {
namespace {

TEST(Validate, accepts_what_is_complete) { EXPECT_NO_THROW(validate(quick_config())); }

struct Mistake {
  std::function<void(SearchConfig&)> make;
  std::string value;
  std::string remedy;
};

TEST(Validate, names_value_and_remedy) {
  const std::vector<Mistake> mistakes = {
      {[](SearchConfig& c) { c.search.name = ""; }, "[search] name is empty", "names the run folder"},
      {[](SearchConfig& c) { c.data.file = ""; }, "no [data] file", "add file"},
      {[](SearchConfig& c) { c.template_sample.file = ""; }, "no [template] file", "add file"},
      {[](SearchConfig& c) { c.features.x = {}; }, "[features] x is empty", "name at least one"},
      {[](SearchConfig& c) { c.features.context = {}; }, "names 0 variables", "context = [\"met\"]"},
      {[](SearchConfig& c) {
         c.features.context = {"M", "N"};
       },
       "names 2 variables", "exactly one"},
      {[](SearchConfig& c) {
         c.features.x = {"a", "b", "a"};
       },
       "names 'a' twice", "remove one"},
      {[](SearchConfig& c) {
         c.features.x = {"x1", "M"};
       },
       "'M' is both", "keep it in one"},
      {[](SearchConfig& c) { c.data.label = "x2"; }, "'x2' is the label", "remove one"},
      {[](SearchConfig& c) {
         c.data.label = "truth";
         c.columns = {{"truth", "x1 > 0"}};
       },
       "[data] label names 'truth'", "[columns] derives truth = 'x1 > 0'"},
      {[](SearchConfig& c) {
         c.data.identity = {"event"};
         c.columns = {{"event", "x1"}};
       },
       "[data] identity names 'event', which must be a column of the file", "another name"},
      {[](SearchConfig& c) {
         c.benchmarks.label = "truth";
         c.columns = {{"truth", "x1 > 0"}};
       },
       "[benchmarks] label names 'truth'", "[columns]"},
      {[](SearchConfig& c) { c.regions.signal = ""; }, "signal is empty", "signal = \"met > 1000\""},
      {[](SearchConfig& c) { c.regions.signal = "M >"; }, "[regions] signal", "'M >'"},
      {[](SearchConfig& c) { c.regions.selection = "f(M)"; }, "[regions] selection", "functions such as"},
      {[](SearchConfig& c) {
         c.columns = {{"r", "x1 /"}};
       },
       "[columns] r", "'x1 /'"},
      {[](SearchConfig& c) { c.efficiencies = {}; }, "efficiency is empty", "efficiency = [0.01]"},
      {[](SearchConfig& c) {
         c.efficiencies = {0.1, 0.0};
       },
       "efficiency 0", "(0, 1)"},
      {[](SearchConfig& c) { c.efficiencies = {1.0}; }, "efficiency 1", "fraction of background to keep"},
      {[](SearchConfig& c) { c.inject.count = 3; }, "[inject]", "add file"},
      {[](SearchConfig& c) { c.inject = {.file = "s.h5", .count = 3, .s_over_sqrt_b = 0.5}; }, "count = 3",
       "keep one of them"},
      {[](SearchConfig& c) { c.classifier.members = 3; }, "members = 3", "make it a multiple"},
      {[](SearchConfig& c) { c.flow.training.keep_epochs = 2; }, "keep_epochs = 2", "make it a multiple"},
      {[](SearchConfig& c) { c.inject.s_over_sqrt_b = 1; }, "[inject]", "add file"},
      {[](SearchConfig& c) { c.inject.fraction = 0.01; }, "[inject]", "add file"},
      {[](SearchConfig& c) { c.inject = {.file = "s.h5", .s_over_sqrt_b = 2, .fraction = 0.01}; },
       "s_over_sqrt_b = 2 and fraction = 0.01", "keep one of them"},
      {[](SearchConfig& c) { c.folds.score = "one"; }, "score = \"one\" is for resonant", "conrad scores all folds"},
      {[](SearchConfig& c) { c.calibration.warm_epochs = 1; }, "warm_epochs does not fit method \"conrad\"",
       "leave it at 0"},
      {[](SearchConfig& c) { c.classifier.space = "x"; }, "space = \"x\" does not fit method \"conrad\"",
       "choose \"x_prime\" or \"z\""},
      {[](SearchConfig& c) { c.classifier.reference = "flow_samples"; },
       "reference = \"flow_samples\" does not fit method \"conrad\"", "\"normal\" or \"template\""},
      {[](SearchConfig& c) {
         c.template_sample.rows = {5, 5};
       },
       "[template] rows = [5, 5]", "first and the last"},
  };
  for (const Mistake& mistake : mistakes) {
    SearchConfig config = quick_config();
    mistake.make(config);
    test::expect_throws_with<base::InputError>([&] { validate(config); }, mistake.value, mistake.remedy);
  }
}

TEST(Validate, names_rows_that_are_no_range) {
  for (const std::vector<double>& rows : {std::vector<double>{7}, {1, 2, 3}, {5, 5}, {6, 5}, {0.5, 7}, {0, 7.5}}) {
    SearchConfig config = quick_resonant_config("cathode");
    config.data.rows = rows;
    test::expect_throws_with<base::InputError>([&] { validate(config); }, "[data] rows = [", "is not a range",
                                               "such as [0, 100000]");
    config.data.rows = {};
    config.benchmarks.background_rows = rows;
    test::expect_throws_with<base::InputError>([&] { validate(config); }, "[benchmarks] background_rows = [");
  }
  SearchConfig config = quick_resonant_config("cathode");
  config.data.rows = {0, 100};
  config.benchmarks.background_rows = {100, 200};
  EXPECT_NO_THROW(validate(config));
}

TEST(Validate, resonant_methods_name_value_and_remedy) {
  struct ResonantMistake {
    std::string method;
    Mistake mistake;
  };
  const auto space = [](const std::string& name) { return [name](SearchConfig& c) { c.classifier.space = name; }; };
  const auto reference = [](const std::string& name) {
    return [name](SearchConfig& c) { c.classifier.reference = name; };
  };
  const std::vector<ResonantMistake> mistakes = {
      {"lacathode",
       {[](SearchConfig& c) { c.features.context = {}; }, "names 0 variables but lacathode", "context = [\"mjj\"]"}},
      {"lacathode", {[](SearchConfig& c) { c.regions.signal = ""; }, "signal is empty", "as an expression"}},
      {"cathode", {space("z"), "space = \"z\" does not fit method \"cathode\"", "choose \"x\""}},
      {"lacathode", {space("x"), "space = \"x\" does not fit method \"lacathode\"", "choose \"x_prime\" or \"z\""}},
      {"anode", {space("x_prime"), "space = \"x_prime\"", "choose \"x\""}},
      {"cathode_lacathode", {space("x"), "space = \"x\"", "choose \"x_prime\" or \"z\""}},
      {"r_anode", {space("z"), "space = \"z\"", "choose \"x\""}},
      {"r_anode",
       {[](SearchConfig& c) { c.signal_flow.flow.training.keep_epochs = 2; }, "[signal_flow] keep_epochs = 2",
        "leave it at 1 and raise [flow] members"}},
      {"cwola", {space("z"), "space = \"z\"", "choose \"x\""}},
      {"supervised", {space("z"), "space = \"z\"", "choose \"x\""}},
      {"cathode", {reference("normal"), "reference = \"normal\"", "choose \"flow_samples\""}},
      {"lacathode", {reference("template"), "reference = \"template\"", "choose \"normal\" or \"control_region\""}},
      {"transport", {space("z"), "space = \"z\"", "choose \"x\""}},
      {"transport", {reference("control_region"), "reference = \"control_region\"", "choose \"moved_sidebands\""}},
      {"cwola", {reference("normal"), "reference = \"normal\"", "choose \"control_region\""}},
      {"idealized", {reference("normal"), "reference = \"normal\"", "choose \"true_background\""}},
      {"lacathode",
       {[](SearchConfig& c) { c.flow.training.keep_epochs = 3; }, "[flow] keep_epochs = 3",
        "leave it at 1 and raise [flow] members"}},
      {"lacathode", {[](SearchConfig& c) { c.classifier.members = 3; }, "members = 3", "make it a multiple"}},
      {"idealized",
       {[](SearchConfig& c) { c.benchmarks.background = ""; }, "compares data with true background", "add background"}},
      {"supervised", {[](SearchConfig& c) { c.benchmarks.signal = ""; }, "needs labelled signal", "add signal"}},
      {"supervised",
       {[](SearchConfig& c) { c.benchmarks.background = ""; }, "needs true background", "add background"}},
  };
  for (const auto& [method, mistake] : mistakes) {
    SearchConfig config = quick_resonant_config(method);
    config.benchmarks.background = "background.h5";
    config.benchmarks.signal = "signal.h5";
    ASSERT_NO_THROW(validate(config)) << method;
    mistake.make(config);
    test::expect_throws_with<base::InputError>([&] { validate(config); }, mistake.value, mistake.remedy);
  }
}

TEST(Validate, labels_of_the_data_stand_in_for_benchmark_files) {
  SearchConfig config = quick_resonant_config("supervised");
  config.data.label = "label";
  EXPECT_NO_THROW(validate(config));
}

}  // namespace
}  // namespace eddy::search
