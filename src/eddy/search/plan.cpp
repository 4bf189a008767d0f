#include <eddy/search/config.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/injection.hpp>
#include <eddy/search/plan.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace eddy::search {

namespace {

std::vector<std::string> names_of(const std::vector<PlannedStage>& stages) {
  std::vector<std::string> names;
  std::ranges::transform(stages, std::back_inserter(names), &PlannedStage::name);
  return names;
}

}  // namespace

std::vector<PlannedStage> plan_search(const SearchConfig& config) {
  const FamilyRules& rules = rules_of(config);
  std::vector<PlannedStage> stages = rules.plan(config);
  const auto plan_windows = [&](std::vector<std::string> after) {
    stages.push_back({.name = "validation windows",
                      .kind = "window",
                      .tasks = config.validation.windows,
                      .after = std::move(after)});
  };
  if (is_blinded(config)) {
    if (tries_windows(config)) {
      plan_windows(names_of(stages));
    }
    return stages;
  }
  if (!has_null_experiments(config)) {
    return stages;
  }
  const std::int64_t n_experiments = config.calibration.experiments;
  std::vector<std::string> before = names_of(stages);
  if ((is_validated(config) || n_experiments > 0) && rules.learns_nulls) {
    stages.push_back({.name = "flow of null experiments", .kind = "flow", .tasks = 1, .after = before});
    before = {stages.back().name};
  }
  if (is_validated(config)) {
    stages.push_back({.name = "validation", .kind = "null", .tasks = config.validation.experiments, .after = before});
    before = {stages.back().name};
    if (tries_windows(config)) {
      plan_windows(before);
      before = {stages.back().name};
    }
  }
  if (n_experiments > 0) {
    stages.push_back({.name = "null experiments", .kind = "null", .tasks = n_experiments, .after = before});
  }
  return stages;
}

std::int64_t depth_of(const PlannedStage& stage, const std::vector<PlannedStage>& stages) {
  std::int64_t deepest = 0;
  for (const PlannedStage& other : stages) {
    if (std::ranges::count(stage.after, other.name) > 0) {
      deepest = std::max(deepest, depth_of(other, stages));
    }
  }
  return deepest + 1;
}

PlannedStage planned_gate(std::vector<std::string> after) {
  constexpr std::int64_t kTasks = 4;  // two folds, two classifiers each
  return {.name = "latent gate", .kind = "classifier", .tasks = kTasks, .after = std::move(after)};
}

std::vector<PlannedStage> planned_benchmarks(const SearchConfig& config) {
  if (!has_labels(config) || config.benchmarks.background.empty()) {
    return {};
  }
  const std::int64_t n = config.folds.k * config.benchmarks.members;
  return {{.name = "benchmark supervised", .kind = "classifier", .tasks = n},
          {.name = "benchmark idealized (x)", .kind = "classifier", .tasks = n}};
}

bool has_labels(const SearchConfig& config) { return !config.data.label.empty() || is_injected(config.inject); }

}  // namespace eddy::search
