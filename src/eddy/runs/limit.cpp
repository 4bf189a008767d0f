#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/folder_lock.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/limit.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/runs/limit_file.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/same_run.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/work.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/limits/limits.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

namespace eddy::runs {
namespace {

constexpr std::size_t kMost = 100'000;

void require_number(const char* option, std::size_t value, std::size_t least) {
  if (value < least || value > kMost) {
    throw base::InputError(
        fmt::format("{} {} cannot be: a whole number from {} to {} is needed", option, value, least, kMost));
  }
}

void require_positive(const char* option, double value) {
  if (!(value > 0 && std::isfinite(value))) {
    throw base::InputError(fmt::format("{} {} cannot be: a number above 0 is needed", option, value));
  }
}

void require_options(const LimitOptions& options) {
  require_number("--points", options.points, 1);
  require_number("--repetitions", options.repetitions, 2);
  if (options.nulls) {
    require_number("--nulls", *options.nulls, 0);
  }
  for (const double strength : options.injections) {
    require_positive("--injections", strength);
  }
  if (options.cross_section) {
    require_positive("--cross-section", *options.cross_section);
  }
  if (options.expected) {
    require_positive("--expected", *options.expected);
  }
  if (options.expected && !options.cross_section) {
    throw base::InputError("--expected is the number of signal events at a cross-section; give --cross-section too");
  }
  if (options.cross_section && !options.expected && options.weight.empty()) {
    throw base::InputError(
        "--cross-section says nothing without the number of signal events in the signal region at it: give --expected, "
        "or --weight with a column whose sum it is");
  }
}

void require_limits(const LimitOptions& options, const search::SearchConfig& config, const base::Json& result) {
  if (!search::has_limits(config)) {
    throw base::InputError(fmt::format(
        "'{}' was searched with {}, for which there are no limits on a signal: {}", options.run,
        search::method_title(config.search.method),
        config.features.context.empty()
            ? "no mass is configured, so that no bump was sought; search with [features] context"
            : "it has no cut whose efficiency could be measured without telling it the truth; search with another "
              "method"));
  }
  if (report::is_blind(result)) {
    throw base::InputError(fmt::format(
        "the signal region of '{0}' is closed, so there is no limit; open it first (eddy unblind {0})", options.run));
  }
  if (options.into_nulls.value_or(false) && !search::has_null_experiments(config)) {
    throw base::InputError(fmt::format("'{}' has no null experiments to inject into; use --into data", options.run));
  }
}

/// What was found before is found again, from its finished tasks.
search::Finding same_finding(const search::Search& search, const LoadedConfig& loaded, const base::Json& result,
                             const RunFolder& folder) {
  search::SearchRun run = search::search_alone(search);
  const auto finding = std::make_shared<search::Finding>(std::move(run.finding));
  Found found = describe(finding, std::move(run.scorer));
  RunFolder::bind(loaded.resolved, found.scorer, found.result);
  require_same_finding(found.result, result, folder.path());
  return *finding;
}

/// What one signal event of the signal region is in cross-section.
std::optional<double> cross_section_per_event(const LimitOptions& options, const search::LimitSignal& signal) {
  if (!options.cross_section) {
    return std::nullopt;
  }
  const double expected = options.expected.value_or(signal.expected);
  require_positive("the sum of --weight in the signal region, at --cross-section,", expected);
  const double per_event = *options.cross_section / expected;
  require_positive("--cross-section divided by the number of signal events at it,", per_event);
  return per_event;
}

void write_report(const RunFolder& folder, const base::Json& result) {
  const base::Json figures = folder.read("figures.json");
  const base::Json facts = folder.read("run.json");
  const std::unique_ptr<base::Json> limit = read_limit(folder, result);
  base::write_atomically(folder.file("report.html"), report::render_report(result, figures, facts, limit.get()));
}

void tell(const search::LimitResult& limit, const base::Monitor& monitor) {
  for (const std::string& line : report::limit_lines(limit)) {
    monitor.info(line);
  }
  for (const std::string& warning : limit.warnings) {
    monitor.warn(warning);
  }
}

void tell_of_signal(const search::LimitSignal& signal, const base::Monitor& monitor) {
  monitor.info(fmt::format("signal: {} events of '{}', {:.3g} % of it in the signal region", signal.events.size(),
                           signal.record.file, 100 * signal.in_region));
  if (signal.n_also_in_data > 0) {
    monitor.warn(fmt::format("{} events of '{}' stand in the data too and are left out: classifiers know them",
                             signal.n_also_in_data, signal.record.file));
  }
  if (signal.n_trained_on > 0) {
    monitor.info(fmt::format("{} events of '{}' are left out: networks are trained on them", signal.n_trained_on,
                             signal.record.file));
  }
}

}  // namespace

void limit(const LimitOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  require_options(options);
  const base::Monitor monitor(&listener, &stop);
  const RunFolder folder(options.run);
  if (!options.tasks_only) {
    base::require_nobody_at_work(options.run);
  }
  const base::Json result = finished_result(folder);
  LoadedConfig loaded = load_config(folder.file("config.toml"), {});
  require_limits(options, loaded.config, result);
  const search::SearchInputs inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
  require_same_inputs(inputs.records, result, folder.path());
  const search::LimitSignal signal = search::load_limit_signal(loaded.config,
                                                               {.file = options.signal,
                                                                .folder = std::filesystem::current_path().string(),
                                                                .weight = options.weight,
                                                                .columns = options.array_columns},
                                                               inputs);
  const std::optional<double> per_event = cross_section_per_event(options, signal);
  require_store(options.store);
  const auto find = [&](const base::TaskStore& store) {
    const search::Finding finding = same_finding({inputs, loaded.config, store, monitor}, loaded, result, folder);
    if (options.nulls) {
      loaded.config.calibration.experiments = static_cast<std::int64_t>(*options.nulls);
    }
    return search::find_limits({inputs, loaded.config, store, monitor}, finding, signal,
                               {.strengths = options.injections,
                                .n_strengths = options.points,
                                .n_repetitions = options.repetitions,
                                .in_nulls = options.into_nulls.value_or(search::has_null_experiments(loaded.config))});
  };
  if (options.tasks_only) {
    tell_of_signal(signal, monitor);
    work_on_tasks(folder, options.store, "eddy limit", [&](const Workplace& place) {
      static_cast<void>(find(place.store));
      monitor.info(fmt::format("{} tasks computed here", place.journal.n_computed()));
    });
    return;
  }
  const base::FolderLock lock(options.run, "eddy limit");
  listener.open_log(folder.file("log.txt"));
  tell_of_signal(signal, monitor);
  search::LimitResult limit;
  work_on_tasks(folder, options.store, "eddy limit", [&](const Workplace& place) { limit = find(place.store); });
  limit.cross_section = per_event;
  limit.cross_section_unit = options.unit;
  write_limit(folder, result, report::limit_json(limit));
  tell(limit, monitor);
  write_report(folder, result);
  monitor.info(fmt::format("limit: {}; report: {}", folder.file("limit.json"), folder.file("report.html")));
}

}  // namespace eddy::runs
