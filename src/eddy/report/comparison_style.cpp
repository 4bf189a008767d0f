#include <eddy/base/json.hpp>
#include <eddy/report/comparison_style.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace eddy::report {
namespace {

constexpr std::size_t kColors = 8;  // series_1 to series_8
constexpr std::array<const char*, 4> kBroken = {"dash", "dot", "dashdot", "longdash"};

std::string color(std::size_t index) { return fmt::format("series_{}", index % kColors + 1); }

std::size_t place_of_run(const Json& comparison, const std::string& label) {
  const Json& runs = comparison.at("runs");
  const auto found = std::ranges::find_if(runs, [&](const Json& run) { return run.at("label") == label; });
  return static_cast<std::size_t>(found - runs.begin());
}

/// Names of the benchmarks, each once.
std::vector<std::string> kinds_of(const Json& comparison) {
  std::vector<std::string> kinds;
  for (const Json& detector : comparison.at("detectors")) {
    const std::string name = detector.at("name");
    if (detector.at("benchmark") && std::ranges::find(kinds, name) == kinds.end()) {
      kinds.push_back(name);
    }
  }
  return kinds;
}

}  // namespace

LineStyle run_style(const Json& comparison, const std::string& label) {
  const std::size_t place = place_of_run(comparison, label);
  return {color(place), place < kColors ? "" : kBroken[place / kColors % kBroken.size()]};
}

LineStyle style_of_detector(const Json& comparison, const Json& detector) {
  if (!detector.at("benchmark")) {
    return run_style(comparison, detector.at("label"));
  }
  const auto kinds = kinds_of(comparison);
  const auto kind =
      static_cast<std::size_t>(std::ranges::find(kinds, detector.at("name").get<std::string>()) - kinds.begin());
  const bool is_of_one_run = detector.at("label") != detector.at("name");
  return {is_of_one_run ? run_style(comparison, detector.at("runs").at(0)).role
                        : color(comparison.at("runs").size() + kind),
          kBroken[kind % kBroken.size()]};
}

}  // namespace eddy::report
