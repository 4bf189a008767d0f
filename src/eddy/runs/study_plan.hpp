#pragma once
// What a study file asks for: a base configuration, axes, and the numbers to collect.

#include <eddy/report/study_table.hpp>
#include <eddy/runs/toml_config.hpp>

#include <string>
#include <vector>

namespace eddy::runs {

/// Far above any study; below it a mistyped count is an error and not a day of waiting.
constexpr std::size_t kMostPoints = 10000;

struct StudyPlan {
  std::string name;
  std::string base;              ///< path of the base configuration
  std::vector<std::string> set;  ///< "section.key=value", for all points: before those of the command line
  std::vector<report::StudyAxis> axes;
  std::vector<std::string> metrics;  ///< paths into result.json (report/metric_path.hpp)
  bool metrics_are_default = false;  ///< the study names none: those that a method does not have are left out
};

/// One search of a study.
struct PlannedPoint {
  std::vector<std::size_t> place;  ///< which value of each axis
  std::string name;                ///< "inject.s_over_sqrt_b = 2, inject.seed = 3"
  LoadedConfig config;
};

/// Reads a study file. Throws InputError, with file and line, for anything that is not exactly right.
[[nodiscard]] StudyPlan read_study(const std::string& path);

/// The study file with everything filled in, next to the base configuration as config.toml.
[[nodiscard]] std::string write_study(const StudyPlan& plan);

/// Every point of the product of the axes, the last one fastest: the base with `overrides` ("section.key=value") and
/// the values of the axes set. Throws InputError that names the point whose configuration is not right.
[[nodiscard]] std::vector<PlannedPoint> plan_points(const StudyPlan& plan, const std::vector<std::string>& overrides);

}  // namespace eddy::runs
