#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/runs/study_plan.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace eddy::runs {
namespace {

using report::AxisRole;
using report::StudyAxis;

std::size_t number_of_points(const StudyPlan& plan) {
  std::size_t n = 1;
  for (const StudyAxis& axis : plan.axes) {
    n *= axis.values.size();
    if (n > kMostPoints) {
      throw base::InputError(fmt::format(
          "the axes of the study '{}' have more than {} points together; give fewer values", plan.name, kMostPoints));
    }
  }
  return n;
}

/// Where point `index` of the product stands on each axis.
std::vector<std::size_t> place_of(const std::vector<StudyAxis>& axes, std::size_t index) {
  std::vector<std::size_t> place(axes.size());
  for (std::size_t a = axes.size(); a-- > 0;) {
    place[a] = index % axes[a].values.size();
    index /= axes[a].values.size();
  }
  return place;
}

std::string name_of(const std::vector<StudyAxis>& axes, const std::vector<std::size_t>& place) {
  std::vector<std::string> parts;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    parts.push_back(fmt::format("{} = {}", axes[a].key, report::value_text(axes[a].values[place[a]])));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

PlannedPoint planned(const StudyPlan& plan, const std::vector<std::string>& overrides, std::size_t index) {
  PlannedPoint point{.place = place_of(plan.axes, index), .name = {}, .config = {}};
  point.name = name_of(plan.axes, point.place);
  std::vector<std::string> settings = overrides;
  for (std::size_t a = 0; a < plan.axes.size(); ++a) {
    // Numbers, texts and lists are written alike in JSON and TOML.
    settings.push_back(fmt::format("{}={}", plan.axes[a].key, plan.axes[a].values[point.place[a]].dump()));
  }
  try {
    point.config = load_config(plan.base, settings);
  } catch (const base::InputError& error) {
    throw base::InputError(fmt::format("the point {} is not a configuration: {}", point.name, error.what()));
  }
  return point;
}

std::string write_axis(const StudyAxis& axis) {
  std::string text = fmt::format("\n[[axis]]\nkey = {}\nlabel = {}\nvalues = {}\n", base::Json(axis.key).dump(),
                                 base::Json(axis.label).dump(), base::Json(axis.values).dump());
  if (axis.role != AxisRole::kCurve) {
    text += axis.role == AxisRole::kX ? "x = true\n" : "repeat = true\n";
  }
  return text;
}

}  // namespace

std::string write_study(const StudyPlan& plan) {
  std::string text = fmt::format("{}: the axes of this study.\n\n[study]\nname = {}\nbase = \"config.toml\"\n",
                                 kConfigMark, base::Json(plan.name).dump());
  if (!plan.metrics_are_default) {
    text += fmt::format("metrics = {}\n", base::Json(plan.metrics).dump());
  }
  for (const StudyAxis& axis : plan.axes) {
    text += write_axis(axis);
  }
  return text;
}

std::vector<PlannedPoint> plan_points(const StudyPlan& plan, const std::vector<std::string>& overrides) {
  std::vector<PlannedPoint> points;
  const std::size_t n = number_of_points(plan);
  for (std::size_t i = 0; i < n; ++i) {
    points.push_back(planned(plan, overrides, i));
  }
  return points;
}

}  // namespace eddy::runs
