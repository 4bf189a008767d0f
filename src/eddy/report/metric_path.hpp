#pragma once
// Numbers of a result.json by name (docs/study.md): "evaluation.sic.max", "working_points[0.01].z".

#include <eddy/base/json_fwd.hpp>

#include <string>
#include <vector>

namespace eddy::report {

using base::Json;

/// What tells the elements of a list apart.
enum class ElementKind { kNone, kName, kEfficiency };

/// One number of a result, and where it stands.
struct MetricValue {
  std::string path;                       ///< with every element chosen: "evaluation[CONRAD].sic.max"
  std::string element = {};               ///< of the last list on the way: "CONRAD", "0.01"; empty without one
  ElementKind kind = ElementKind::kNone;  ///< of the last list on the way
  std::size_t place = 0;                  ///< in that list; 0 is the method itself in "evaluation"
  double value = 0;                       ///< NaN where the result has null; 1 and 0 for true and false
};

/// Throws InputError unless `path` is names joined by dots, each with a choice in brackets or without.
void require_metric_path(const std::string& path);

/// The numbers at `path`. A list is followed into the element that the brackets name (its `efficiency`, its `name`,
/// else its place from 1), or into all of them with [*] or without brackets; elements that lack the rest of the path
/// are left out. Throws InputError that names the part that is not there and lists what there is.
[[nodiscard]] std::vector<MetricValue> metric_values(const Json& result, const std::string& path);

}  // namespace eddy::report
