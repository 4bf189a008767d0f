#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options.hpp>
#include <eddy/report/study_titles.hpp>
#include <eddy/runs/study_plan.hpp>
#include <eddy/runs/toml_section.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

namespace eddy::runs {
namespace {

using base::Json;
using report::AxisRole;
using report::StudyAxis;

/// What a study collects when it does not say: as far as the method and the labels give it.
constexpr std::array kDefaultMetrics = {"evaluation.sic.max",
                                        "evaluation.sic.at_1e-2",
                                        "evaluation.sic.at_1e-3",
                                        "evaluation.auc",
                                        "argos.best.value",
                                        "working_points.s_over_sqrt_b",
                                        "working_points.z",
                                        "working_points.observed",
                                        "working_points.predicted",
                                        "working_points.global_z",
                                        "working_points.calibrated.z",
                                        "working_points.simultaneous.z",
                                        "working_points.simultaneous.global_z",
                                        "working_points.simultaneous.events_per_sigma",
                                        "separation.auc",
                                        "separation.rejection_at_30"};

/// The entries of one table of a study file; remembers which it was asked for.
class Entries {
 public:
  Entries(const toml::table& table, std::string where, std::string path)
      : table_(table), where_(std::move(where)), path_(std::move(path)) {}

  template <class T>
  T get(const char* key, const char* expected, T otherwise) {
    const toml::node* node = find(key);
    if (node == nullptr) {
      return otherwise;
    }
    const auto value = node->value_exact<T>();
    if (!value) {
      fail(*node, fmt::format("{} must be {}", key, expected));
    }
    return *value;
  }

  std::string text(const char* key, const std::string& otherwise) {
    return get<std::string>(key, "a text in quotes", otherwise);
  }

  const toml::array* list(const char* key) {
    const toml::node* node = find(key);
    if (node != nullptr && (!node->is_array() || node->as_array()->empty())) {
      fail(*node, fmt::format("{} must be a list in brackets with at least one entry", key));
    }
    return node == nullptr ? nullptr : node->as_array();
  }

  [[noreturn]] void fail(const toml::node& node, const std::string& what) const {
    throw base::InputError(fmt::format("{}: {} {}", place(node, path_), where_, what));
  }
  [[noreturn]] void fail(const std::string& what) const { fail(table_, what); }

  void require_all_known() const {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::ranges::find(known_, name) == known_.end()) {
        const std::string nearest = base::nearest_name(name, known_);
        fail(node, fmt::format("has no key '{}'; {}", name,
                               nearest.empty() ? fmt::format("known are: {}", fmt::join(known_, ", "))
                                               : fmt::format("did you mean '{}'?", nearest)));
      }
    }
  }

 private:
  const toml::node* find(const char* key) {
    known_.emplace_back(key);
    return table_.get(key);
  }

  const toml::table& table_;
  std::string where_;
  std::string path_;
  std::vector<std::string> known_;
};

/// A value of an axis; null for what is none.
Json value_of(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) {
    return *text;
  }
  if (const auto whole = node.value_exact<std::int64_t>()) {
    return *whole;
  }
  if (const auto number = node.value_exact<double>()) {
    return std::isfinite(*number) ? Json(*number) : Json(nullptr);
  }
  if (const auto flag = node.value_exact<bool>()) {
    return *flag;
  }
  Json list = Json::array();
  if (!node.is_array()) {
    return nullptr;
  }
  for (const toml::node& element : *node.as_array()) {
    list.push_back(value_of(element));
    if (list.back().is_null()) {
      return nullptr;
    }
  }
  return list;
}

std::vector<Json> axis_values(Entries& entries) {
  const toml::array* given = entries.list("values");
  const auto count = entries.get<std::int64_t>("count", "a whole number", 0);
  if ((given != nullptr) == (count > 0)) {
    entries.fail("needs values = [...], or count = 10 for 1, 2, ..., 10");
  }
  if (count > static_cast<std::int64_t>(kMostPoints)) {
    entries.fail(fmt::format("has count = {}, more than {} points; give fewer", count, kMostPoints));
  }
  std::vector<Json> values;
  for (std::int64_t i = 1; i <= count; ++i) {
    values.emplace_back(i);
  }
  for (std::size_t i = 0; given != nullptr && i < given->size(); ++i) {
    const toml::node& node = *given->get(i);
    Json value = value_of(node);
    if (value.is_null()) {
      entries.fail(node, "has a value that no setting takes; give numbers, texts, true, false or lists of them");
    }
    if (std::ranges::find(values, value) != values.end()) {
      entries.fail(node, fmt::format("has the value {} twice; remove one", report::value_text(value)));
    }
    values.push_back(std::move(value));
  }
  return values;
}

StudyAxis read_axis(const toml::table& table, const std::string& path) {
  Entries entries(table, "[[axis]]", path);
  StudyAxis axis;
  axis.key = entries.text("key", "");
  const std::size_t dot = axis.key.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == axis.key.size()) {
    entries.fail(fmt::format("key = \"{}\" is not a setting; write section.key, such as inject.seed", axis.key));
  }
  axis.label = entries.text("label", report::setting_title(axis.key));
  axis.values = axis_values(entries);
  const bool is_x = entries.get<bool>("x", "true or false", false);
  const bool is_repeat = entries.get<bool>("repeat", "true or false", false);
  if (is_x && is_repeat) {
    entries.fail(fmt::format("{} has both x and repeat; keep one of them", axis.key));
  }
  axis.role = is_repeat ? AxisRole::kRepeat : (is_x ? AxisRole::kX : AxisRole::kCurve);
  entries.require_all_known();
  return axis;
}

std::vector<StudyAxis> read_axes(const toml::table& root, const std::string& path) {
  std::vector<StudyAxis> axes;
  const toml::array* tables = root.get("axis") == nullptr ? nullptr : root.get("axis")->as_array();
  if (tables == nullptr || !tables->is_array_of_tables()) {
    throw base::InputError(fmt::format("{}: the study has no axis; add [[axis]] with key and values", path));
  }
  for (const toml::node& node : *tables) {
    axes.push_back(read_axis(*node.as_table(), path));
    if (std::ranges::count(axes, axes.back().key, &StudyAxis::key) > 1) {
      throw base::InputError(
          fmt::format("{}: two axes set {}; join their values in one", place(node, path), axes.back().key));
    }
  }
  return axes;
}

/// One axis is x: the one that says so, else the first that is not repeated over.
void choose_x(std::vector<StudyAxis>& axes, const std::string& path) {
  const auto n = std::ranges::count(axes, AxisRole::kX, &StudyAxis::role);
  if (n > 1) {
    throw base::InputError(fmt::format("{}: {} axes have x = true; keep it in one", path, n));
  }
  const auto first = std::ranges::find(axes, AxisRole::kCurve, &StudyAxis::role);
  if (n == 0 && first != axes.end()) {
    first->role = AxisRole::kX;
  }
}

/// A list of texts, each once; empty where it is not given.
std::vector<std::string> texts(Entries& entries, const char* key, const char* example) {
  std::vector<std::string> all;
  const toml::array* given = entries.list(key);
  for (std::size_t i = 0; given != nullptr && i < given->size(); ++i) {
    const toml::node& node = *given->get(i);
    const auto text = node.value_exact<std::string>();
    if (!text) {
      entries.fail(node, fmt::format("{} must be texts in quotes, such as \"{}\"", key, example));
    }
    if (std::ranges::find(all, *text) != all.end()) {
      entries.fail(node, fmt::format("{} has \"{}\" twice; remove one", key, *text));
    }
    all.push_back(*text);
  }
  return all;
}

void read_metrics(Entries& entries, StudyPlan& plan) {
  plan.metrics = texts(entries, "metrics", "evaluation.sic.max");
  plan.metrics_are_default = plan.metrics.empty();
  if (plan.metrics_are_default) {
    plan.metrics.assign(kDefaultMetrics.begin(), kDefaultMetrics.end());
  }
  for (const std::string& metric : plan.metrics) {
    try {
      report::require_metric_path(metric);
    } catch (const base::InputError& error) {
      entries.fail(error.what());
    }
  }
}

void require_known_tables(const toml::table& root, const std::string& path) {
  for (const auto& [key, node] : root) {
    if (key.str() != "study" && key.str() != "axis") {
      throw base::InputError(
          fmt::format("{}: a study file has no [{}]; settings belong into its base configuration, known are: [study], "
                      "[[axis]]",
                      place(node, path), key.str()));
    }
  }
}

}  // namespace

StudyPlan read_study(const std::string& path) {
  const toml::table root = parse_file(path);
  require_known_tables(root, path);
  static const toml::table kEmpty;
  const toml::table* table = root.get("study") == nullptr ? &kEmpty : root.get("study")->as_table();
  if (table == nullptr) {
    throw base::InputError(fmt::format("{}: 'study' must be a section, [study]", path));
  }
  Entries entries(*table, "[study]", path);
  StudyPlan plan;
  const std::filesystem::path file(path);
  plan.name = entries.text("name", file.stem().string());
  const std::string base = entries.text("base", "");
  plan.set = texts(entries, "set", "classifier.members=10");
  read_metrics(entries, plan);
  entries.require_all_known();
  if (plan.name.empty() || base.empty()) {
    throw base::InputError(fmt::format("{}: [study] needs a {}", path,
                                       base.empty() ? "base, the configuration that every point starts from, such as "
                                                      "base = \"search.toml\""
                                                    : "name that is not empty"));
  }
  plan.base = (file.parent_path() / base).string();
  plan.axes = read_axes(root, path);
  choose_x(plan.axes, path);
  return plan;
}

}  // namespace eddy::runs
