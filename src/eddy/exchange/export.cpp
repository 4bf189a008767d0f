#include <eddy/base/content_hash.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/folder_lock.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options.hpp>
#include <eddy/exchange/combine.hpp>
#include <eddy/exchange/export.hpp>
#include <eddy/exchange/export_folder.hpp>
#include <eddy/exchange/hepdata.hpp>
#include <eddy/exchange/histfactory.hpp>
#include <eddy/exchange/hs3.hpp>
#include <eddy/exchange/models.hpp>
#include <eddy/exchange/onnx_scorer.hpp>
#include <eddy/runs/config_text.hpp>
#include <eddy/runs/limit_file.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/same_run.hpp>
#include <eddy/runs/toml_config.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace eddy::exchange {
namespace {

using base::InputError;
using base::Json;

const std::vector<std::string> kFormats = {"pyhf", "hs3", "combine", "hepdata", "onnx"};

void require_options(const ExportOptions& options) {
  const std::string& format = options.format;
  if (std::ranges::find(kFormats, format) == kFormats.end()) {
    throw InputError(fmt::format("--format {} does not exist; there are {}", format, fmt::join(kFormats, ", ")));
  }
  if (!std::isfinite(options.spurious_signal)) {
    throw InputError(
        fmt::format("--spurious-signal {} is no number of events; give one from 0 on", options.spurious_signal));
  }
  if (options.spurious_signal > 0 && (format == "hepdata" || format == "onnx")) {
    throw InputError(
        fmt::format("--spurious-signal is of statistical models, and --format {} has none: leave it out", format));
  }
}

/// A result of this layout whose signal region is open.
Json open_result(const runs::RunFolder& folder) {
  Json result = runs::finished_result(folder);
  constexpr int kLayout = 2;
  if (result.value("schema", Json()) != kLayout) {
    throw InputError(
        fmt::format("'{}' holds a result of eddy {} whose layout this version cannot export; run the search again with "
                    "this version",
                    folder.path(), result.at("eddy").get<std::string>()));
  }
  if (result.at("blinding").at("state") == "blind") {
    throw InputError(fmt::format(
        "'{0}' is blind: nothing of a closed signal region is exported; open it first with eddy unblind {0}",
        folder.path()));
  }
  folder.require_unchanged();
  return result;
}

std::string text_of(const Json& json) { return json.dump(1) + "\n"; }

void add_histfactory(const StatisticalModel& model, ExportFiles& files) {
  const Json workspace = histfactory_workspace(model);
  files[model.name + ".json"] = text_of(workspace);
  if (!model.grid.empty()) {
    files[model.name + ".patchset.json"] = text_of(signal_patches(model, workspace));
  }
}

void add_hs3(const StatisticalModel& model, ExportFiles& files) {
  files[model.name + ".json"] = text_of(hs3_document(model));
  if (!model.grid.empty()) {
    files[model.name + ".strength.json"] = text_of(hs3_document_of_strength(model));
  }
}

void add_cards(const StatisticalModel& model, ExportFiles& files) {
  for (std::size_t i = 0; i < model.strengths.size(); ++i) {
    const std::string suffix = model.strengths.size() == 1 ? "" : model.strengths[i].parameter.substr(2);
    files[model.name + suffix + ".txt"] = combine_card(model, i);
  }
  if (!model.grid.empty()) {
    files[model.name + ".strength.txt"] = combine_card_of_strength(model);
  }
}

Json facts_of(const StatisticalModel& model) {
  Json strengths = Json::array();
  for (const Strength& strength : model.strengths) {
    strengths.push_back({{"parameter", strength.parameter}, {"signal_events_at_1", strength.events}});
  }
  Json grid = Json::array();
  for (const SignalAtStrength& at : model.grid) {
    grid.push_back({{"strength", at.strength}, {"passing", at.passing}, {"relative_spread", at.relative_spread}});
  }
  return {{"name", model.name},
          {"description", model.description},
          {"strengths", strengths},
          {"signal_grid", grid},
          {"eddy", model.eddy}};
}

/// Files and facts of the statistical models in one of their formats.
Json write_models(const Json& result, const Json* limit, const ExportOptions& options, ExportFiles& files) {
  auto [models, left_out] = models_of(result, {.spurious_signal = options.spurious_signal});
  if (limit != nullptr) {
    add_signal_grid(*limit, result, models);
  }
  Json facts = {{"models", Json::array()}, {"left_out", left_out}};
  for (const StatisticalModel& model : models) {
    if (options.format == "pyhf") {
      add_histfactory(model, files);
    } else if (options.format == "hs3") {
      add_hs3(model, files);
    } else {
      add_cards(model, files);
    }
    facts["models"].push_back(facts_of(model));
  }
  return facts;
}

}  // namespace

void export_run(const ExportOptions& options, const base::Monitor& monitor) {
  require_options(options);
  const runs::RunFolder folder(options.run);
  base::require_nobody_at_work(options.run);
  const std::string output = options.output.empty() ? folder.file("export/" + options.format) : options.output;
  folder.require_not_own(output);
  ExportFiles files;
  bool lacks_limit = false;
  const Json facts = runs::with_files_of(options.run, [&] {
    const Json result = open_result(folder);
    const std::unique_ptr<Json> limit = runs::read_limit(folder, result);
    Json about = {{"kind", options.format},
                  {"run", result.at("name")},
                  {"method", result.at("method")},
                  {"eddy", EDDY_VERSION},
                  {"result_sha256", base::content_sha256(result)}};
    if (options.format == "onnx") {
      const runs::LoadedConfig loaded = runs::load_config(folder.file("config.toml"), {});
      files = onnx_files({folder.read_scorer(), result, about.at("result_sha256"), loaded.config.columns});
      return about;
    }
    if (options.format == "hepdata") {
      const std::string config = base::read_file(folder.file("config.toml"));
      files = hepdata_files({result, folder.read("figures.json"), limit.get(), runs::without_folders(config)});
      return about;
    }
    about.update(write_models(result, limit.get(), options, files));
    lacks_limit = limit == nullptr && result.at("evidence") != "categories";
    return about;
  });
  const Json left_out = facts.value("left_out", Json::array());
  if (options.check) {
    require_export(output, files, facts);
    monitor.info(fmt::format("{}: the {} files in {} are those of this run", options.format, files.size() + 1, output));
    return;
  }
  write_export(output, files, facts);
  for (const Json& sentence : left_out) {
    monitor.warn("left out: " + sentence.get<std::string>());
  }
  if (lacks_limit) {
    monitor.info(
        fmt::format("no limit.json: the models hold signal events behind the cut; eddy limit {} --signal FILE measures "
                    "how many of a signal pass, and another export has that too",
                    options.run));
  }
  monitor.info(fmt::format("{}: {} files in {}", options.format, files.size() + 1, output));
}

}  // namespace eddy::exchange
