#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/cli/toml_config.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

namespace eddy::cli {
namespace {

using base::Option;

constexpr std::string_view kFromCommandLine = "--set ";

/// Where a value stands: file and line, or the --set it came from.
std::string place(const toml::node& node, const std::string& path) {
  const auto& source = node.source();
  if (source.path && source.path->starts_with(kFromCommandLine)) {
    return *source.path;
  }
  return source.begin.line > 0 ? fmt::format("{}:{}", path, source.begin.line) : path;
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& known) {
  const std::string nearest = base::nearest_name(name, known);
  return nearest.empty() ? fmt::format("known are: {}", fmt::join(known, ", "))
                         : fmt::format("did you mean '{}'?", nearest);
}

std::string allowed_range(const Option& option) {
  if (std::isinf(option.maximum)) {
    return fmt::format("of at least {}", option.minimum);
  }
  return std::isinf(option.minimum) ? fmt::format("of at most {}", option.maximum)
                                    : fmt::format("from {} to {}", option.minimum, option.maximum);
}

/// Reads the options of one section from its TOML table; remembers which keys exist.
class SectionReader final : public base::OptionVisitor {
 public:
  SectionReader(const toml::table& table, std::string section, std::string path)
      : table_(table), section_(std::move(section)), path_(std::move(path)) {}

  void visit(const Option& option, bool& value) override { read_scalar<bool>(option, "true or false", value); }
  void visit(const Option& option, std::int64_t& value) override {
    if (read_scalar<std::int64_t>(option, "a whole number", value)) {
      check_range(option, static_cast<double>(value));
    }
  }
  void visit(const Option& option, double& value) override {
    if (const toml::node* node = find(option); node != nullptr) {
      value = number(*node, option);
      check_range(option, value);
    }
  }
  void visit(const Option& option, std::string& value) override {
    if (read_scalar<std::string>(option, "a text in quotes", value) && !option.choices.empty() &&
        std::ranges::find(option.choices, value) == option.choices.end()) {
      throw base::InputError(fmt::format("{}: [{}] {} = \"{}\" is not a choice; give one of: {}", at(option), section_,
                                         option.key, value, fmt::join(option.choices, ", ")));
    }
  }
  void visit(const Option& option, std::vector<double>& value) override {
    read_array(option, "a list of numbers", value, [&](const toml::node& node) {
      const double v = number(node, option);
      check_range(option, v);
      return v;
    });
  }
  void visit(const Option& option, std::vector<std::string>& value) override {
    read_array(option, "a list of texts in quotes", value, [&](const toml::node& node) {
      const auto text = node.value_exact<std::string>();
      if (!text) {
        fail_type(option, "a list of texts in quotes", node);
      }
      return *text;
    });
  }

  /// After all options were visited: every key of the table must have been one of them.
  void require_all_known() const {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::ranges::find(known_, name) == known_.end()) {
        throw base::InputError(fmt::format("{}: unknown key '{}' in [{}]; {}", place(node, path_), name, section_,
                                           did_you_mean(name, known_)));
      }
    }
  }

 private:
  const toml::node* find(const Option& option) {
    known_.emplace_back(option.key);
    return table_.get(option.key);
  }
  [[nodiscard]] std::string at(const Option& option) const { return place(*table_.get(option.key), path_); }
  [[noreturn]] void fail_type(const Option& option, const char* expected, const toml::node& node) const {
    std::ostringstream text;
    node.visit([&](const auto& n) { text << n; });
    throw base::InputError(fmt::format("{}: [{}] {} = {} has the wrong type; give {}", place(node, path_), section_,
                                       option.key, text.str(), expected));
  }
  [[nodiscard]] double number(const toml::node& node, const Option& option) const {
    if (!node.is_number()) {
      fail_type(option, "a number", node);
    }
    return *node.value<double>();
  }
  void check_range(const Option& option, double value) const {
    if (!(value >= option.minimum && value <= option.maximum)) {
      throw base::InputError(fmt::format("{}: [{}] {} = {} is out of range; give a number {}", at(option), section_,
                                         option.key, value, allowed_range(option)));
    }
  }
  template <class T>
  bool read_scalar(const Option& option, const char* expected, T& value) {
    const toml::node* node = find(option);
    if (node == nullptr) {
      return false;
    }
    const auto exact = node->value_exact<T>();
    if (!exact) {
      fail_type(option, expected, *node);
    }
    value = *exact;
    return true;
  }
  template <class T, class Read>
  void read_array(const Option& option, const char* expected, std::vector<T>& value, const Read& read) {
    const toml::node* node = find(option);
    if (node == nullptr) {
      return;
    }
    if (!node->is_array()) {
      fail_type(option, expected, *node);
    }
    value.clear();
    for (const toml::node& element : *node->as_array()) {
      value.push_back(read(element));
    }
  }

  const toml::table& table_;
  std::string section_;
  std::string path_;
  std::vector<std::string> known_;
};

std::string toml_text(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

/// A key as TOML: bare where its letters allow that.
std::string toml_key(const std::string& key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == '-';
  });
  return bare ? key : toml_text(key);
}

/// A number as TOML: shortest text that reads back the same, always recognisable as a float.
std::string toml_number(double value) {
  const std::string text = fmt::format("{}", value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

/// Writes the options of one section as TOML.
class TomlWriter final : public base::OptionVisitor {
 public:
  void visit(const Option& o, bool& v) override { line(o, v ? "true" : "false"); }
  void visit(const Option& o, std::int64_t& v) override { line(o, fmt::format("{}", v)); }
  void visit(const Option& o, double& v) override { line(o, toml_number(v)); }
  void visit(const Option& o, std::string& v) override { line(o, toml_text(v)); }
  void visit(const Option& o, std::vector<double>& v) override { list(o, v, toml_number); }
  void visit(const Option& o, std::vector<std::string>& v) override { list(o, v, toml_text); }
  std::string text;

 private:
  void line(const Option& o, const std::string& value) { text += fmt::format("{} = {}\n", o.key, value); }
  template <class T, class Print>
  void list(const Option& o, const std::vector<T>& values, const Print& print) {
    std::vector<std::string> texts;
    std::ranges::transform(values, std::back_inserter(texts), print);
    line(o, fmt::format("[{}]", fmt::join(texts, ", ")));
  }
};

/// Writes the options of one section as rows of a Markdown table.
class ReferenceWriter final : public base::OptionVisitor {
 public:
  void visit(const Option& o, bool& v) override { row(o, v ? "true" : "false"); }
  void visit(const Option& o, std::int64_t& v) override { row(o, fmt::format("{}", v)); }
  void visit(const Option& o, double& v) override { row(o, fmt::format("{}", v)); }
  void visit(const Option& o, std::string& v) override { row(o, toml_text(v)); }
  void visit(const Option& o, std::vector<double>& v) override { row(o, fmt::format("[{}]", fmt::join(v, ", "))); }
  void visit(const Option& o, std::vector<std::string>& v) override { row(o, fmt::format("[{}]", fmt::join(v, ", "))); }
  std::string text;

 private:
  void row(const Option& o, const std::string& value) {
    std::string allowed;
    if (!o.choices.empty()) {
      allowed = fmt::format("{}", fmt::join(o.choices, ", "));
    } else if (std::isfinite(o.minimum) || std::isfinite(o.maximum)) {
      allowed = fmt::format("{} … {}", std::isfinite(o.minimum) ? fmt::format("{}", o.minimum) : "",
                            std::isfinite(o.maximum) ? fmt::format("{}", o.maximum) : "");
    }
    text += fmt::format("| `{}` | `{}` | {} | {} |\n", o.key, value, allowed, o.meaning);
  }
};

toml::table parse(const std::string& path) {
  const std::string text = base::read_file(path);
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    throw base::InputError(fmt::format("{}:{}:{}: {}; correct the TOML there", path, error.source().begin.line,
                                       error.source().begin.column, error.description()));
  }
}

/// The document [section] key = value, where `value` is TOML or a bare text.
toml::table parse_override(const std::string& source, const std::string& section, const std::string& key,
                           const std::string& value) {
  const std::string head = fmt::format("[{}]\n{} = ", toml_key(section), toml_key(key));
  try {
    return toml::parse(head + value, source);
  } catch (const toml::parse_error&) {
    return toml::parse(head + toml_text(value), source);
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
    return !search::is_read_by(section, search::family_of(config));
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
  SectionReader reader(node != nullptr ? *node->as_table() : kEmpty, section.name, path);
  section.describe(reader);
  reader.require_all_known();
}

void require_known_sections(const toml::table& root, const std::string& path, search::SearchConfig& config) {
  std::vector<std::string> known = {"columns", "units"};
  std::vector<std::string> of_other_methods;
  for (const auto& section : search::sections(config)) {
    const bool is_read = search::is_read_by(section, search::family_of(config));
    (is_read ? known : of_other_methods).push_back(section.name);
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
  return {&config.data.file,
          &config.template_sample.file,
          &config.simulation.file,
          &config.inject.file,
          &config.benchmarks.background,
          &config.benchmarks.signal,
          &config.bump_hunt.signal_template};
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

/// The options of a section as a Markdown chapter; `readers` says who reads it.
std::string reference_chapter(const search::SectionOptions& section, const std::string& readers) {
  ReferenceWriter writer;
  section.describe(writer);
  return fmt::format("\n## [{}]\n\n{}| key | default | allowed | meaning |\n| --- | --- | --- | --- |\n{}",
                     section.name, readers, writer.text);
}

/// Who reads a section, for the options page; nothing where all methods do.
std::string readers_of(const search::SectionOptions& section) {
  std::vector<std::string> names;
  const auto add = [&](search::Family family, const char* name) {
    if (search::is_read_by(section, family)) {
      names.emplace_back(name);
    }
  };
  add(search::Family::kTail, "conrad");
  add(search::Family::kExtrapolation, "extrapolations (reweight, generate, morph)");
  add(search::Family::kResonant, "resonant methods");
  return section.readers.empty() ? "" : fmt::format("Read by {}.\n\n", fmt::join(names, " and "));
}

std::string write_toml(search::SearchConfig& config) {
  std::string text = fmt::format("{}: every option of this run, defaults included.\n", kConfigMark);
  for (const auto& section : sections_of_method(config)) {
    TomlWriter writer;
    section.describe(writer);
    text += fmt::format("\n[{}]\n{}", section.name, writer.text);
    if (section.name == "data") {
      write_texts("columns", config.columns, text);
      write_texts("units", config.units, text);
    }
  }
  return text;
}

}  // namespace

LoadedConfig load_config(const std::string& path, const std::vector<std::string>& overrides) {
  toml::table root = parse(path);
  for (const std::string& text : overrides) {
    apply_override(text, root);
  }
  LoadedConfig loaded;
  loaded.folder = std::filesystem::weakly_canonical(std::filesystem::absolute(path).parent_path()).string();
  search::SearchConfig& config = loaded.config;
  read_section(root, path, search::sections(config).front());  // [search] decides which sections there are ...
  search::apply_method_defaults(config);                       // ... and what their defaults are
  require_known_sections(root, path, config);
  for (const auto& section : sections_of_method(config)) {
    read_section(root, path, section);
  }
  read_free_sections(root, path, config);
  make_files_absolute(loaded.folder, config);
  search::validate(config);
  loaded.resolved = write_toml(config);
  return loaded;
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
  toml::table root = path.empty() ? toml::table() : parse(path);
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

std::string option_reference() {
  search::SearchConfig config;
  std::string text =
      "# Options\n\nEvery section and key of a configuration file, generated by `eddy options` from the declarations "
      "in the code.\n";
  for (const auto& section : search::sections(config)) {
    text += reference_chapter(section, readers_of(section));
    if (section.name == "template") {
      text +=
          "\n## [columns]\n\nDerived columns: any name, and an expression over columns of the file or other derived "
          "columns, such as "
          "`tau21 = \"tau2_j1 / tau1_j1\"`.\n"
          "\n## [units]\n\nUnits of derived columns, or of those of files that give none: a name, and a unit such as "
          "`mjj = \"GeV\"`.\n";
    }
  }
  jets::FeatureSettings features;
  for (const auto& section : feature_sections(features)) {
    text += reference_chapter(section, "Read by `eddy features`.\n\n");
  }
  return text;
}

}  // namespace eddy::cli
