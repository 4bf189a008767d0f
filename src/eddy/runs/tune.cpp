// Chooses among the settings of a study without labels: by ARGOS (2511.14832) of each search, of which nothing else is
// kept, so that a signal region that is closed is neither counted nor shown.

#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/write.hpp>
#include <eddy/report/study_figures.hpp>
#include <eddy/report/study_html.hpp>
#include <eddy/report/study_summary.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_facts.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/study_plan.hpp>
#include <eddy/runs/study_points.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

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

const KeptResults kArgosAlone{.kind = "argos",
                              .keep = keep_argos,
                              .require = [](const base::Json& kept) { (void)kept.at("argos").at("best").at("value"); },
                              .tells = false};

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
  std::size_t n_tried = 0;
  std::size_t n_all = 0;
};

/// The base with the chosen settings, which knows among how many they were chosen.
std::string chosen_config(const StudyPlan& plan, std::vector<std::string> overrides, const Choice& choice) {
  overrides.insert(overrides.end(), choice.settings.begin(), choice.settings.end());
  const auto before = load_base_config(plan.base, overrides).config.search.chosen_among;
  overrides.push_back(fmt::format("search.chosen_among={}", before * static_cast<std::int64_t>(choice.n_tried)));
  return load_base_config(plan.base, overrides).resolved;
}

void write_choice(const report::StudyTable& table, const Choice& choice, const report::StudySource& source,
                  const base::Json& facts, const RunFolder& folder) {
  const base::Json document = report::study_document(table);
  const base::Json figures = report::study_figures(document);
  base::write_atomically(folder.file("table.csv"), report::study_csv(table));
  events::write_hdf5(folder.file("table.h5"), report::study_columns(table));
  folder.write("study.json", document);
  folder.write("figures.json", figures);
  folder.write("run.json", facts);
  folder.write("choice.json", {{"eddy", EDDY_VERSION},
                               {"criterion", kArgos},
                               {"labels", "none"},
                               {"signal_region", "scored to choose; neither counted nor shown"},
                               {"chosen", choice.settings},
                               {"settings_tried", choice.n_tried},
                               {"settings", choice.n_all},
                               {"configuration", "chosen.toml"}});
  base::write_atomically(folder.file("report.html"), report::render_study(document, figures, source, facts));
}

}  // namespace

void tune(const TuneOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  const auto begin = std::chrono::steady_clock::now();
  const StudyPlan plan = read_study(options.study);
  std::vector<std::string> overrides = plan.set;
  overrides.insert(overrides.end(), options.set.begin(), options.set.end());
  const LoadedConfig base = load_base_config(plan.base, overrides);
  std::vector<std::string> for_points = overrides;
  for_points.insert(for_points.end(), kForArgos.begin(), kForArgos.end());
  std::vector<PlannedPoint> points = plan_points(plan, for_points);
  const std::size_t n_all = settings_of(plan, points).size();
  points = within_budget(plan, std::move(points), options.budget);
  require_templates(points);
  const RunFolder folder(options.out.empty() ? default_folder("[study]", plan.name + "-tuned") : options.out,
                         FolderKind::kStudy);
  base::require_nobody_at_work(folder.path());
  folder.require_same_run(base.resolved, options.fresh);
  folder.require_no_input(input_files_of(plan, points, options.study, folder), plan.base, base.resolved);
  PointWork work{.folder = folder, .results = kArgosAlone};
  std::vector<PointTask> tasks = tasks_of(points, work);
  require_store(options.store);  // before the output folder is made
  const base::FolderLock lock = folder.claim(base.resolved, options.fresh, "eddy tune");
  folder.begin(base.resolved, options.fresh);
  const report::StudySource source{.study = write_study(plan), .base = base.resolved};
  base::write_atomically(folder.file("study.toml"), source.study);
  base::require_writable_folder(folder.file("points"));
  listener.open_log(folder.file("log.txt"));
  const base::TaskStore store = open_store(options.store, folder);

  const std::vector<PointTask*> missing = unfinished(tasks, work, listener);
  search_all(missing, work, store, listener, stop);
  std::vector<report::StudyPoint> found = read_points(tasks, folder);
  const std::map<Setting, double> argos = medians(plan, found);
  if (argos.empty()) {
    require_all_well(tasks, folder.file("log.txt"));
  }
  const auto best = std::ranges::max_element(argos, {}, [](const auto& entry) { return entry.second; });
  const Choice choice{.settings = settings_text(plan, best->first), .n_tried = argos.size(), .n_all = n_all};
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  base::Json facts = run_facts(elapsed.count());
  facts["searches"] = missing.size();
  write_choice(table_of(plan, std::move(found), best->second), choice, source, facts, folder);
  base::write_atomically(folder.file("chosen.toml"), chosen_config(plan, overrides, choice));
  listener.info(
      fmt::format("chosen among {} settings, without labels: {}", choice.n_tried, fmt::join(choice.settings, ", ")));
  listener.info(fmt::format("the search: eddy run {} --store {}; how they compare: {}", folder.file("chosen.toml"),
                            options.store.empty() ? folder.models() : options.store, folder.file("report.html")));
  require_all_well(tasks, folder.file("table.csv"));
}

}  // namespace eddy::runs
