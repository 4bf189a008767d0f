#include <eddy/base/error.hpp>
#include <eddy/runs/stage_alias.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/toml_section.hpp>
#include <eddy/runs/toml_text.hpp>
#include <eddy/search/flow_record.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace eddy::runs {
namespace {

/// The document [section] key = value, where `value` is TOML or a bare text.
toml::table parse_override(const std::string& source, const std::string& section, const std::string& key,
                           const std::string& value) {
  const std::string head = fmt::format("[{}]\n{} = ", toml_key(section), toml_key(key));
  require_shallow(value, source);
  try {
    toml::table parsed = toml::parse(head + value, source);
    if (parsed.size() == 1 && parsed.get(section)->as_table()->size() == 1) {
      return parsed;
    }
  } catch (const toml::parse_error&) {
  }
  try {
    return toml::parse(head + toml_text(value), source);
  } catch (const toml::parse_error& error) {
    throw base::InputError(fmt::format("{}: {}; give the text in UTF-8", source, error.description()));
  }
}

/// "section.key=value".
void apply_override(const std::string& text, toml::table& root) {
  const std::size_t equals = text.find('=');
  const std::size_t dot = text.find('.');
  if (equals == std::string::npos || dot == std::string::npos || dot > equals) {
    throw base::InputError(fmt::format("--set {} is not of the form section.key=value, such as flow.epochs=10", text));
  }
  const std::string section = text.substr(0, dot);
  const std::string key = text.substr(dot + 1, equals - dot - 1);
  const std::string value = text.substr(equals + 1);
  // Moved, never copied: only so does a node keep the place it came from.
  toml::table parsed = parse_override(std::string(kFromCommandLine) + text, section, key, value);
  toml::node& there = *parsed.get(section);
  if (!root.contains(section)) {
    root.insert(section, std::move(*there.as_table()));
    return;
  }
  if (!root[section].is_table()) {
    throw base::InputError(fmt::format("--set {}: '{}' is not a section of the configuration", text, section));
  }
  there.as_table()->get(key)->visit(
      [&](auto& node) { root[section].as_table()->insert_or_assign(key, std::move(node)); });
}

/// A section of free names with texts: [columns], [units].
void read_texts(const toml::table& root, const std::string& path, const std::string& section, const char* what,
                std::vector<std::pair<std::string, std::string>>& texts) {
  const toml::node* node = root.get(section);
  if (node == nullptr) {
    return;
  }
  if (!node->is_table()) {
    throw base::InputError(fmt::format("{}: '{}' must be a section, [{}]", place(*node, path), section, section));
  }
  for (const auto& [key, value] : *node->as_table()) {
    const auto text = value.value_exact<std::string>();
    if (!text) {
      throw base::InputError(fmt::format("{}: [{}] {} must be {}", place(value, path), section, key.str(), what));
    }
    texts.emplace_back(std::string(key.str()), *text);
  }
}

void read_free_sections(const toml::table& root, const std::string& path, search::SearchConfig& config) {
  read_texts(root, path, "columns", "an expression in quotes, such as \"tau2_j1 / tau1_j1\"", config.columns);
  read_texts(root, path, "units", "a unit in quotes, such as \"GeV\"", config.units);
}

void write_texts(const std::string& section, const std::vector<std::pair<std::string, std::string>>& texts,
                 std::string& out) {
  if (!texts.empty()) {
    out += fmt::format("\n[{}]\n", section);
  }
  for (const auto& [name, text] : texts) {
    out += fmt::format("{} = {}\n", toml_key(name), toml_text(text));
  }
}

/// The sections that the configured method reads.
std::vector<search::SectionOptions> sections_of_method(search::SearchConfig& config) {
  std::vector<search::SectionOptions> sections = search::sections(config);
  std::erase_if(sections, [&](const search::SectionOptions& section) {
    return !search::reads(search::rules_of(config), section.name);
  });
  return sections;
}

std::vector<search::RepeatedSection> repeated_sections_of_method(search::SearchConfig& config) {
  std::vector<search::RepeatedSection> sections = search::repeated_sections(config);
  std::erase_if(sections, [&](const search::RepeatedSection& section) {
    return !search::reads(search::rules_of(config), section.name);
  });
  return sections;
}

void read_section(const toml::table& root, const std::string& path, const search::SectionOptions& section) {
  static const toml::table kEmpty;
  const toml::node* node = root.get(section.name);
  if (node != nullptr && !node->is_table()) {
    throw base::InputError(
        fmt::format("{}: '{}' must be a section, [{}]", place(*node, path), section.name, section.name));
  }
  read_options(node != nullptr ? *node->as_table() : kEmpty, fmt::format("[{}]", section.name), path, section.describe);
}

/// [[prior]] and its like: an array of tables.
void read_repeated_section(const toml::table& root, const std::string& path, const search::RepeatedSection& section) {
  const toml::node* node = root.get(section.name);
  if (node == nullptr) {
    return;
  }
  if (!node->is_array_of_tables()) {
    throw base::InputError(fmt::format("{}: '{}' may stand several times: write it as [[{}]]", place(*node, path),
                                       section.name, section.name));
  }
  const toml::array& tables = *node->as_array();
  section.resize(tables.size());
  for (std::size_t i = 0; i < tables.size(); ++i) {
    read_options(*tables[i].as_table(), fmt::format("[[{}]]", section.name), path,
                 [&](base::OptionVisitor& visitor) { section.describe(i, visitor); });
  }
}

/// Counts of data are Poisson counts: nothing in a configuration can say what weighted ones mean.
void require_unweighted_data(const toml::table& root, const std::string& path) {
  const toml::node* weight = root["data"]["weight"].node();
  if (weight != nullptr) {
    throw base::InputError(
        fmt::format("{}: [data] has no weight: events of the data count once each, so that their counts are Poisson "
                    "numbers; remove "
                    "it, or give weighted events as a template, simulation, background, prior, signal or benchmark",
                    place(*weight, path)));
  }
}

void require_known_sections(const toml::table& root, const std::string& path, search::SearchConfig& config) {
  std::vector<std::string> known = {"columns", "units"};
  std::vector<std::string> of_other_methods;
  const auto sort_out = [&](const std::string& name) {
    (search::reads(search::rules_of(config), name) ? known : of_other_methods).push_back(name);
  };
  for (const auto& section : search::sections(config)) {
    sort_out(section.name);
  }
  for (const auto& section : search::repeated_sections(config)) {
    sort_out(section.name);
  }
  for (const auto& [key, node] : root) {
    const std::string name(key.str());
    if (std::ranges::count(of_other_methods, name) > 0) {
      throw base::InputError(fmt::format("{}: section [{}] has no meaning for method \"{}\"; remove it",
                                         place(node, path), name, config.search.method));
    }
    if (std::ranges::find(known, name) == known.end()) {
      throw base::InputError(
          fmt::format("{}: unknown section [{}]; {}", place(node, path), name, did_you_mean(name, known)));
    }
  }
}

/// `file` such that it means the same from any folder. A leading ${NAME} stays: it is what differs between machines.
std::string absolute_file(const std::string& file, const std::string& folder) {
  if (file.empty() || file.starts_with("${")) {
    return file;
  }
  return (std::filesystem::path(folder) / file).lexically_normal().string();
}

/// Every option that names a file of events.
std::vector<std::string*> file_options(search::SearchConfig& config) {
  std::vector<std::string*> files = {
      &config.data.file,   &config.template_sample.file,  &config.simulation.file,   &config.background.file,
      &config.inject.file, &config.benchmarks.background, &config.benchmarks.signal, &config.bump_hunt.signal_template};
  for (std::vector<search::NamedSample>* samples : {&config.priors, &config.evaluate}) {
    for (search::NamedSample& named : *samples) {
      files.push_back(&named.sample.file);
    }
  }
  return files;
}

void make_files_absolute(const std::string& folder, search::SearchConfig& config) {
  for (std::string* file : file_options(config)) {
    *file = absolute_file(*file, folder);
  }
}

void require_one_of(const toml::table& root, const std::string& path,
                    const std::vector<search::SectionOptions>& sections) {
  std::vector<std::string> known;
  for (const search::SectionOptions& section : sections) {
    known.push_back(section.name);
  }
  for (const auto& [key, node] : root) {
    const std::string name(key.str());
    if (std::ranges::find(known, name) == known.end()) {
      throw base::InputError(
          fmt::format("{}: unknown section [{}]; {}", place(node, path), name, did_you_mean(name, known)));
    }
  }
}

std::string write_toml(search::SearchConfig& config) {
  std::string text = fmt::format("{}: every option of this run, defaults included.\n", kConfigMark);
  for (const auto& section : sections_of_method(config)) {
    text += fmt::format("\n[{}]\n{}", section.name, toml_options(section.describe));
    if (section.name == "data") {
      write_texts("columns", config.columns, text);
      write_texts("units", config.units, text);
    }
  }
  for (const auto& section : repeated_sections_of_method(config)) {
    for (std::size_t i = 0; i < section.size; ++i) {
      text += fmt::format("\n[[{}]]\n{}", section.name,
                          toml_options([&](base::OptionVisitor& visitor) { section.describe(i, visitor); }));
    }
  }
  return text;
}

/// A file to inject from without a word of how much would inject nothing; `count = 0` says so.
void require_amount(const toml::table& root, const std::string& path) {
  const toml::node* node = root.get("inject");
  const toml::table* inject = node != nullptr ? node->as_table() : nullptr;
  const auto file = inject != nullptr ? (*inject)["file"].value<std::string>() : std::nullopt;
  const bool has_amount = inject != nullptr && (inject->contains("count") || inject->contains("s_over_sqrt_b") ||
                                                inject->contains("fraction"));
  if (file && !file->empty() && !has_amount) {
    throw base::InputError(
        fmt::format("{}: [inject] names '{}' but not how much to inject from it; add count, s_over_sqrt_b or fraction "
                    "(count = 0 for "
                    "a study without signal)",
                    place(*node, path), *file));
  }
}

LoadedConfig load(const std::string& path, const std::vector<std::string>& overrides, bool is_base) {
  toml::table root = parse_file(path);
  require_one_switch(root, path);
  read_stage_as_blind(root, path);
  for (const std::string& text : overrides) {
    apply_override(text, root);
    read_stage_as_blind(root, path);
  }
  LoadedConfig loaded;
  loaded.folder = std::filesystem::weakly_canonical(std::filesystem::absolute(path).parent_path()).string();
  search::SearchConfig& config = loaded.config;
  read_section(root, path, search::sections(config).front());  // [search] decides which sections there are ...
  search::apply_method_defaults(config);                       // ... and what their defaults are
  require_known_sections(root, path, config);
  require_unweighted_data(root, path);
  for (const auto& section : sections_of_method(config)) {
    read_section(root, path, section);
  }
  for (const auto& section : repeated_sections_of_method(config)) {
    read_repeated_section(root, path, section);
  }
  read_free_sections(root, path, config);
  if (!is_base) {
    require_amount(root, path);
  }
  make_files_absolute(loaded.folder, config);
  search::validate(config);
  if (config.calibration.warm_epochs > 0) {
    config.trained_flows = std::make_shared<search::FlowRecord>();
  }
  loaded.resolved = write_toml(config);
  return loaded;
}

}  // namespace

LoadedConfig load_config(const std::string& path, const std::vector<std::string>& overrides) {
  return load(path, overrides, false);
}

LoadedConfig load_base_config(const std::string& path, const std::vector<std::string>& overrides) {
  return load(path, overrides, true);
}

std::vector<std::string> event_files(search::SearchConfig config) {
  std::vector<std::string> files;
  for (const std::string* file : file_options(config)) {
    if (!file->empty()) {
      files.push_back(*file);
    }
  }
  return files;
}

void load_sections(const std::string& path, const std::vector<std::string>& overrides,
                   const std::vector<search::SectionOptions>& sections) {
  toml::table root = path.empty() ? toml::table() : parse_file(path);
  for (const std::string& text : overrides) {
    apply_override(text, root);
  }
  require_one_of(root, path, sections);
  for (const search::SectionOptions& section : sections) {
    read_section(root, path, section);
  }
}

std::vector<search::SectionOptions> feature_sections(jets::FeatureSettings& settings) {
  return {{"particles", [&](base::OptionVisitor& visitor) { describe(settings.particles, visitor); }},
          {"jets", [&](base::OptionVisitor& visitor) { describe(settings.jets, visitor); }},
          {"nsubjettiness", [&](base::OptionVisitor& visitor) { describe(settings.nsubjettiness, visitor); }},
          {"soft_drop", [&](base::OptionVisitor& visitor) { describe(settings.soft_drop, visitor); }}};
}

}  // namespace eddy::runs
