#include <report/synthetic_limit.hpp>

#include <cmath>
#include <limits>

namespace eddy::report_test {
namespace {

/// Two searches at each strength, whose efficiency rises.
std::vector<search::Injection> injections() {
  std::vector<search::Injection> all;
  for (const double strength : {0.0, 30.0, 100.0, 300.0}) {
    for (const std::size_t repetition : {0, 1}) {
      const double efficiency = 0.1 + 0.5 * (1 - std::exp(-strength / 100)) + 0.02 * static_cast<double>(repetition);
      const double passed = std::round(strength * efficiency);
      all.push_back({.strength = strength,
                     .repetition = repetition,
                     .cuts = {{.efficiency = 1, .passed = strength, .signal = stats::PassingSignal{strength, 40, 90}},
                              {.efficiency = efficiency,
                               .efficiency_error = 0.01,
                               .passed = passed,
                               .signal = stats::PassingSignal{2 + 0.9 * passed, 8, 20 + passed}},
                              {.efficiency = 0.5 * efficiency, .efficiency_error = 0.01, .passed = 0.5 * passed}}});
    }
  }
  all.push_back({.strength = 300, .repetition = 2, .failure = "a flow with <nan>"});
  return all;
}

search::CutLimit uncut() {
  return {.efficiency = 1,
          .knots = {{0, 1, 0}, {30, 1, 0}, {100, 1, 0}, {300, 1, 0}},
          .signal = stats::PassingSignal{200, 90, 380},
          .why = search::NoLimit::kNotExcluded,
          .expected = {90.0, 130.0, 180.0, 250.0, std::nullopt},
          .interval = {.low = 110, .best = 200, .high = 290}};
}

search::CutLimit best_cut() {
  return {.efficiency = 0.01,
          .knots = {{0, 0.11, 0.02}, {30, 0.24, 0.02}, {100, 0.43, 0.02}, {300, 0.59, 0.02}},
          .response = {.is_measured = true, .slope = 0.9, .slope_error = 0.02, .offset = 2},
          .signal = stats::PassingSignal{4, 9, 22},
          .observed = 64,
          .expected = {32.0, 41.0, 53.0, 70.0, 92.0},
          .n_nulls = 50,
          .expected_of_nulls = {30.0, 42.0, 55.0, 75.0, 99.0},
          .interval = {.low = 0, .best = 20, .high = 47},
          .impacts = {{"closure", 3.25, -3.5, 0.25, 0.75}, {"C", 2, std::numeric_limits<double>::quiet_NaN()}}};
}

search::CutLimit without_fit() {
  return {.efficiency = 0.001,
          .knots = {{0, 0.05, 0.01}, {30, 0.12, 0.01}, {100, 0.21, 0.01}, {300, 0.3, 0.01}},
          .why = search::NoLimit::kNoFit};
}

}  // namespace

search::LimitResult synthetic_limit() {
  return {.signal_file = "signal.h5",
          .signal_sha256 = std::string(64, 'a'),
          .base = "the data of the search",
          .in_region = 0.8,
          .n_repetitions = 2,
          .injections = injections(),
          .cuts = {uncut(), best_cut(), without_fit()},
          .best = 1,
          .warnings = {"1 of 9 searches with signal failed, the first with: a flow with <nan>"}};
}

}  // namespace eddy::report_test
