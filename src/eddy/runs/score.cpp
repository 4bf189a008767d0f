#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/temporary_file.hpp>
#include <eddy/events/write.hpp>
#include <eddy/report/result_ranges.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/input_checks.hpp>
#include <eddy/search/score_columns.hpp>
#include <eddy/search/search_record.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace eddy::runs {
namespace {

/// What the run says of its files: as much as units are compared by.
std::vector<search::InputRecord> inputs_of(const base::Json& result) {
  std::vector<search::InputRecord> records;
  if (!result.is_object() || !result.contains("inputs") || !result["inputs"].is_array()) {
    return records;
  }
  for (const base::Json& input : result["inputs"]) {
    if (!input.is_object() || !input.contains("units") || !input["units"].is_object()) {
      continue;  // of an older version
    }
    search::InputRecord record{};
    record.role = input.value("role", base::Json()).is_string() ? input["role"].get<std::string>() : "inputs";
    record.file = input.value("file", base::Json()).is_string() ? input["file"].get<std::string>() : "";
    for (const auto& [column, unit] : input["units"].items()) {
      if (unit.is_string()) {
        record.units.emplace_back(column, unit.get<std::string>());
      }
    }
    records.push_back(std::move(record));
  }
  return records;
}

/// What scores must not be written onto: the events and the inputs of the run.
std::vector<std::string> inputs_to_keep(const ScoreOptions& options, const LoadedConfig& loaded) {
  std::vector<std::string> files = files_of_events(options.events);
  const std::set<std::string> inputs = input_files(loaded.config, loaded.folder);
  files.insert(files.end(), inputs.begin(), inputs.end());
  return files;
}

}  // namespace

void score(const ScoreOptions& options, const base::Monitor& monitor) {
  const RunFolder folder(options.run);
  base::require_nobody_at_work(options.run);
  const base::Json result = folder.read("result.json");  // a run that is not finished says so
  with_files_of(options.run, [&] { report::require_possible_values(result); });
  folder.require_bound(result);
  const LoadedConfig loaded = load_config(folder.file("config.toml"), {});
  require_free_output(options.output, inputs_to_keep(options, loaded), "-o");
  folder.require_not_own(options.output);
  base::remove_orphans_of(options.output);
  const base::Json scorer = folder.read_scorer();

  search::InputRecord record{};
  const search::SampleSection section{
      .file = options.events,
      .label = {},
      .columns = options.array_columns.empty() ? loaded.config.data.columns : options.array_columns,
      .nonfinite = loaded.config.data.nonfinite,
      .identity = loaded.config.data.identity};
  const search::Sample sample =
      search::load_sample(loaded.config, section, std::filesystem::current_path().string(), "events", record);
  search::require_same_units(inputs_of(result), record);
  const std::string passed =
      fmt::format("{} of {} events of '{}' pass the selection", record.n_selected, record.n_read, options.events);
  if (record.n_selected > 0) {
    monitor.info(passed);
  } else {  // who asked for scores and gets none must hear of it, --quiet or not
    monitor.warn(passed + ", so that no event has a score; compare the file with [regions] selection");
  }
  events::Events table;
  search::add_event_names(sample.index, sample.identity, table);
  const std::vector<std::size_t> n_clipped = search::rules_of(loaded.config).score(scorer, sample, table);
  for (const std::string& warning : search::warnings_of_clipping(n_clipped, sample.size(), loaded.config.features.x,
                                                                 "the range that the search was trained on")) {
    monitor.warn(warning);
  }

  events::write_hdf5(options.output, table);
  monitor.info(fmt::format("scores written to {}", options.output));
  if (const std::size_t n_folds = scorer.value("folds", base::Json::array()).size(); n_folds > 1) {
    monitor.info(fmt::format(
        "background_efficiency is a mean over {} folds and spread less than that of one: fewer background events than "
        "the fraction c have a value up to c; count the background of a cut on events of your own",
        n_folds));
  }
}

}  // namespace eddy::runs
