// Chooses among the settings of a study without labels: by ARGOS (2511.14832) of each search, of which nothing else is
// kept, so that a signal region that is closed is neither counted nor shown.

#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_facts.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/study_plan.hpp>
#include <eddy/runs/study_points.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/unblinding.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>

namespace eddy::runs {
namespace {

using report::AxisRole;

constexpr const char* kArgos = "argos.best.value";
constexpr const char* kToBest = "argos.to_best";

/// A search without a template says so in a warning, and has no ARGOS.
base::Json keep_argos(const base::Json& result) {
  if (!result.contains("argos") || result["argos"]["best"].is_null()) {
    throw base::Error(
        "it has no ARGOS: too few events in the signal region or of the template; eddy run says which (its warnings)");
  }
  return {{"argos", {{"best", {{"value", result["argos"]["best"]["value"]}}}}}};
}

void require_argos(const base::Json& kept) {
  const base::Json& value = kept.at("argos").at("best").at("value");
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    throw base::InputError("a kept ARGOS is no number");
  }
}

/// Of a closed signal region nothing is told, not even by what goes wrong in it.
KeptResults argos_alone(bool is_blind) {
  return {.kind = "argos", .keep = keep_argos, .require = require_argos, .tells = !is_blind};
}

/// Settings that change the score, and leave data, regions and what is closed as they are: ARGOS orders scores of the
/// same data alone.
void require_axes(const StudyPlan& plan) {
  constexpr auto kSections =
      std::to_array<std::string_view>({"features.", "flow.", "signal_flow.", "classifier.", "trees.", "mlp.", "folds.",
                                       "weights.", "transfer.", "extrapolation.", "search.method", "search.preset"});
  constexpr auto kRepeats = std::to_array<std::string_view>({"search.seed", "inject.seed"});
  for (const report::StudyAxis& axis : plan.axes) {
    const auto begins = [&](std::string_view section) { return axis.key.starts_with(section); };
    const bool changes_score =
        std::ranges::any_of(kSections, begins) && axis.key != "extrapolation.stage" && axis.key != "features.context";
    const bool is_repeat = axis.role == AxisRole::kRepeat;
    if (is_repeat ? std::ranges::count(kRepeats, axis.key) == 0 : !changes_score) {
      throw base::InputError(fmt::format(
          "{0} is no setting to choose by ARGOS, which orders scores of the same data{1}; choose among settings of "
          "features, flows, classifiers and methods, or compare values of {0} with eddy study",
          axis.key, axis.key == "search.seed" ? ": a seed is to repeat over (repeat = true)" : ""));
    }
  }
}

/// What an ARGOS needs, and nothing that only other numbers do.
const std::vector<std::string> kForArgos = {"search.blind=false", "validation.experiments=0", "validation.windows=0",
                                            "calibration.experiments=0"};

/// Which value of each axis that is not repeated over.
using Setting = std::vector<std::size_t>;

Setting setting_of(const StudyPlan& plan, const std::vector<std::size_t>& place) {
  Setting setting;
  for (std::size_t a = 0; a < place.size(); ++a) {
    if (plan.axes[a].role != AxisRole::kRepeat) {
      setting.push_back(place[a]);
    }
  }
  return setting;
}

std::vector<Setting> settings_of(const StudyPlan& plan, const std::vector<PlannedPoint>& points) {
  std::vector<Setting> settings;
  for (const PlannedPoint& point : points) {
    Setting setting = setting_of(plan, point.place);
    if (std::ranges::find(settings, setting) == settings.end()) {
      settings.push_back(std::move(setting));
    }
  }
  return settings;
}

/// All searches of as many settings as the budget has room for, at random, the same for one seed.
std::vector<PlannedPoint> within_budget(const StudyPlan& plan, std::vector<PlannedPoint> points, std::size_t budget) {
  std::vector<Setting> settings = settings_of(plan, points);
  const std::size_t repeats = points.size() / settings.size();
  const std::size_t n = std::min(settings.size(), budget / repeats);
  if (n < 2) {
    throw base::InputError(
        fmt::format("a choice needs two settings, and there is room for {}: the study has {} of {} searches each; {}",
                    n, settings.size(), repeats,
                    settings.size() < 2 ? "give an axis of settings that is not repeated over" : "raise --budget"));
  }
  const auto seed = static_cast<std::uint64_t>(points.front().config.config.search.seed);
  const std::vector<std::size_t> order = base::random_permutation({{seed}, "tune budget"}, settings.size());
  std::vector<Setting> tried;
  for (std::size_t i = 0; i < n; ++i) {
    tried.push_back(settings[order[i]]);
  }
  std::erase_if(points, [&](const PlannedPoint& point) {
    return std::ranges::find(tried, setting_of(plan, point.place)) == tried.end();
  });
  return points;
}

/// [search] chosen_among of the choice must be one that the option can have.
void require_room_for(std::int64_t before, std::size_t n_settings) {
  constexpr double kMost = 1e9;
  if (static_cast<double>(before) * static_cast<double>(n_settings) > kMost) {
    throw base::InputError(fmt::format(
        "[search] chosen_among = {} times {} settings is beyond {:g}: no significance is left of that; choose on data "
        "of their own",
        before, n_settings, kMost));
  }
}

void require_templates(const std::vector<PlannedPoint>& points) {
  for (const PlannedPoint& point : points) {
    const search::SearchConfig& config = point.config.config;
    if (!search::rules_of(config).has_one_score || search::method_of(config).paper.empty()) {
      throw base::InputError(fmt::format(
          "[search] method = \"{}\" has no ARGOS, which compares the scores of data and of a template of the "
          "background: compare its settings with eddy study",
          config.search.method));
    }
  }
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

/// The median of each setting over its repeats; settings without a finished search have none.
std::map<Setting, double> medians(const StudyPlan& plan, const std::vector<report::StudyPoint>& points) {
  std::map<Setting, std::vector<double>> values;
  for (const report::StudyPoint& point : points) {
    if (!point.numbers.empty() && !point.numbers.front().empty()) {
      values[setting_of(plan, point.place)].push_back(point.numbers.front().front().value);
    }
  }
  std::map<Setting, double> result;
  for (auto& [setting, numbers] : values) {
    result[setting] = median(std::move(numbers));
  }
  return result;
}

std::vector<report::StudyPoint> read_points(const std::vector<PointTask>& tasks, const RunFolder& folder) {
  std::vector<report::StudyPoint> points;
  std::vector<std::optional<std::string>> complaints(1);
  for (const PointTask& task : tasks) {
    points.push_back(read_point(task, folder, {kArgos}, complaints));
  }
  return points;
}

/// How far each is from the best: what is shown says nothing of how much of an excess there is.
report::StudyTable table_of(const StudyPlan& plan, std::vector<report::StudyPoint> points, double best) {
  for (report::StudyPoint& point : points) {
    for (std::vector<report::MetricValue>& numbers : point.numbers) {
      for (report::MetricValue& number : numbers) {
        number.path = kToBest;
        number.value -= best;
      }
    }
  }
  return report::make_study_table(plan.name, plan.axes, {kToBest}, std::move(points));
}

/// The settings of a point that a choice is between, as overrides of the base.
std::vector<std::string> settings_text(const StudyPlan& plan, const Setting& setting) {
  std::vector<std::string> text;
  std::size_t i = 0;
  for (const report::StudyAxis& axis : plan.axes) {
    if (axis.role != AxisRole::kRepeat) {
      text.push_back(fmt::format("{}={}", axis.key, axis.values[setting[i++]].dump()));
    }
  }
  return text;
}

/// What a choice was made from, and what was chosen.
struct Choice {
  std::vector<std::string> settings;  ///< "classifier.members=20"
  std::set<std::string> tried;        ///< all that were ever searched in this folder, whatever the study says now
  std::size_t n_all = 0;
};

/// Those of earlier choices in the folder: what was looked at stays looked at.
std::set<std::string> tried_before(const RunFolder& folder) {
  std::error_code ignored;
  return std::filesystem::exists(folder.file("choice.json"), ignored)
             ? folder.read("choice.json").at("tried").get<std::set<std::string>>()
             : std::set<std::string>();
}

/// A study of whole searches in the same folder would be mixed with what is kept of these.
void require_no_study(const RunFolder& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(folder.file("study.json"), ignored) &&
      !std::filesystem::exists(folder.file("choice.json"), ignored)) {
    throw base::InputError(
        fmt::format("'{}' holds a study, whose table would be replaced; give another --out", folder.path()));
  }
}

/// The base with the chosen settings, which knows among how many they were chosen.
std::string chosen_config(const StudyPlan& plan, std::vector<std::string> overrides, const Choice& choice) {
  overrides.insert(overrides.end(), choice.settings.begin(), choice.settings.end());
  const auto before = load_base_config(plan.base, overrides).config.search.chosen_among;
  overrides.push_back(fmt::format("search.chosen_among={}", before * std::ssize(choice.tried)));
  return load_base_config(plan.base, overrides).resolved;
}

void write_choice(const Choice& choice, const RunFolder& folder) {
  folder.write("choice.json", {{"eddy", EDDY_VERSION},
                               {"criterion", kArgos},
                               {"labels", "none"},
                               {"signal_region", "scored to choose; neither counted nor shown"},
                               {"chosen", choice.settings},
                               {"tried", choice.tried},
                               {"settings_tried", choice.tried.size()},
                               {"settings", choice.n_all},
                               {"configuration", "chosen.toml"}});
}

}  // namespace

void tune(const TuneOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  const auto begin = std::chrono::steady_clock::now();
  const StudyPlan plan = read_study(options.study);
  require_axes(plan);
  std::vector<std::string> overrides = plan.set;
  overrides.insert(overrides.end(), options.set.begin(), options.set.end());
  const LoadedConfig base = load_base_config(plan.base, overrides);
  std::vector<std::string> for_points = overrides;
  for_points.insert(for_points.end(), kForArgos.begin(), kForArgos.end());
  std::vector<PlannedPoint> points = plan_points(plan, for_points);
  const std::size_t n_all = settings_of(plan, points).size();
  require_room_for(base.config.search.chosen_among, n_all);
  points = within_budget(plan, std::move(points), options.budget);
  require_templates(points);
  const RunFolder folder(options.out.empty() ? default_folder("[study]", plan.name + "-tuned") : options.out,
                         FolderKind::kStudy);
  base::require_nobody_at_work(folder.path());
  folder.require_same_run(base.resolved, options.fresh);
  require_no_study(folder);
  folder.require_no_input(input_files_of(plan, points, options.study, folder), plan.base, base.resolved);
  const KeptResults kept = argos_alone(search::is_blinded(base.config));
  PointWork work{.folder = folder, .results = kept};
  std::vector<PointTask> tasks = tasks_of(points, work);
  require_store(options.store);  // before the output folder is made
  const base::FolderLock lock = folder.claim(base.resolved, options.fresh, "eddy tune");
  if (opens(folder, base.resolved)) {
    record_opening(folder, base.resolved, {}, true);
    listener.info(opening_sentence(folder));
  }
  Choice choice{
      .settings = {}, .tried = options.fresh ? std::set<std::string>() : tried_before(folder), .n_all = n_all};
  folder.begin(base.resolved, options.fresh);
  const report::StudySource source{.study = write_study(plan), .base = base.resolved};
  base::write_atomically(folder.file("study.toml"), source.study);
  base::require_writable_folder(folder.file("points"));
  listener.open_log(folder.file("log.txt"));
  const base::TaskStore store = open_store(options.store, folder);

  if (!plan.metrics_are_default) {
    listener.info("[study] metrics are for eddy study: eddy tune chooses by ARGOS, which needs no labels");
  }
  const std::vector<PointTask*> missing = unfinished(tasks, work, listener);
  search_all(missing, work, store, listener, stop);
  std::vector<report::StudyPoint> found = read_points(tasks, folder);
  const std::map<Setting, double> argos = medians(plan, found);
  if (argos.size() < 2) {
    require_all_well(tasks, folder.file("log.txt"));
    throw base::Error("fewer than two settings have an ARGOS, so there is nothing to choose from");
  }
  const auto best = std::ranges::max_element(argos, {}, [](const auto& entry) { return entry.second; });
  choice.settings = settings_text(plan, best->first);
  for (const auto& [setting, value] : argos) {
    choice.tried.insert(fmt::format("{}", fmt::join(settings_text(plan, setting), ", ")));
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  base::Json facts = run_facts(elapsed.count());
  facts["searches"] = missing.size();
  write_study_results(table_of(plan, std::move(found), best->second), source, facts, folder);
  write_choice(choice, folder);
  base::write_atomically(folder.file("chosen.toml"), chosen_config(plan, overrides, choice));
  listener.info(fmt::format("chosen among {} settings, without labels: {}", choice.tried.size(),
                            fmt::join(choice.settings, ", ")));
  listener.info(fmt::format("the search: eddy run {} --store {}; how they compare: {}", folder.file("chosen.toml"),
                            options.store.empty() ? folder.models() : options.store, folder.file("report.html")));
  require_all_well(tasks, folder.file("table.csv"));
}

}  // namespace eddy::runs
