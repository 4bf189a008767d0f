#include <eddy/jets/feature_file.hpp>
#include <eddy/runs/options_page.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/toml_text.hpp>
#include <eddy/search/config.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace eddy::runs {
namespace {

using base::Option;

using Describe = std::function<void(base::OptionVisitor&)>;

struct Row {
  std::string key;
  std::string value;
  std::string allowed;
  std::string meaning;
};

/// Collects the options of one section, in order.
class RowWriter final : public base::OptionVisitor {
 public:
  void visit(const Option& o, bool& v) override { row(o, v ? "true" : "false"); }
  void visit(const Option& o, std::int64_t& v) override { row(o, fmt::format("{}", v)); }
  void visit(const Option& o, double& v) override { row(o, fmt::format("{}", v)); }
  void visit(const Option& o, std::string& v) override { row(o, toml_text(v)); }
  void visit(const Option& o, std::vector<double>& v) override { row(o, fmt::format("[{}]", fmt::join(v, ", "))); }
  void visit(const Option& o, std::vector<std::string>& v) override { row(o, fmt::format("[{}]", fmt::join(v, ", "))); }
  std::vector<Row> rows;

 private:
  void row(const Option& o, const std::string& value) {
    std::string allowed;
    if (!o.choices.empty()) {
      allowed = fmt::format("{}", fmt::join(o.choices, ", "));
    } else if (std::isfinite(o.minimum) || std::isfinite(o.maximum)) {
      allowed = fmt::format("{} … {}", std::isfinite(o.minimum) ? fmt::format("{}", o.minimum) : "",
                            std::isfinite(o.maximum) ? fmt::format("{}", o.maximum) : "");
    }
    rows.push_back({std::string(o.key), value, allowed, std::string(o.meaning)});
  }
};

std::vector<Row> rows_of(const Describe& describe) {
  RowWriter writer;
  describe(writer);
  return std::move(writer.rows);
}

/// The options of a section as one method finds them when it is given nothing.
struct MethodRows {
  const search::Method* method = nullptr;
  std::vector<Row> rows;
};

std::vector<MethodRows> rows_by_method(const std::string& section) {
  std::vector<MethodRows> all;
  for (const search::Method& method : search::methods()) {
    if (!search::reads(search::rules_of(method.family), section)) {
      continue;
    }
    search::SearchConfig config;
    config.search.method = method.name;
    search::apply_method_defaults(config);
    config.search.method = search::SearchSection{}.method;  // which is no default of a method
    for (const search::SectionOptions& options : search::sections(config)) {
      if (options.name == section) {
        all.push_back({&method, rows_of(options.describe)});
      }
    }
  }
  return all;
}

/// Families all of whose methods are in `chosen`, then single methods.
std::vector<std::string_view> names_of(const std::vector<const search::Method*>& chosen) {
  std::vector<std::string_view> names;
  for (const search::FamilyRules& family : search::families()) {
    const auto belongs = [&](const search::Method& method) { return method.family == family.name; };
    const auto n_of_family = std::ranges::count_if(search::methods(), belongs);
    const auto n_chosen = std::ranges::count_if(chosen, [&](const search::Method* method) { return belongs(*method); });
    if (n_chosen == n_of_family) {
      names.push_back(search::title_of(family));
      continue;
    }
    for (const search::Method* method : chosen) {
      if (belongs(*method)) {
        names.push_back(method->name);
      }
    }
  }
  return names;
}

/// "`[0.01, 0.001]` for conrad, `[0.1, 0.03, 0.01]` for resonant methods", or the one default of all.
std::string default_of(const std::vector<MethodRows>& methods, std::size_t row) {
  std::vector<std::string> values;
  for (const MethodRows& method : methods) {
    if (std::ranges::count(values, method.rows[row].value) == 0) {
      values.push_back(method.rows[row].value);
    }
  }
  if (values.size() == 1) {
    return fmt::format("`{}`", values.front());
  }
  std::vector<std::string> parts;
  for (const std::string& value : values) {
    std::vector<const search::Method*> chosen;
    for (const MethodRows& method : methods) {
      if (method.rows[row].value == value) {
        chosen.push_back(method.method);
      }
    }
    parts.push_back(fmt::format("`{}` for {}", value, fmt::join(names_of(chosen), ", ")));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string table(const std::vector<MethodRows>& methods) {
  std::string text = "| key | default | allowed | meaning |\n| --- | --- | --- | --- |\n";
  const std::vector<Row>& rows = methods.front().rows;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text +=
        fmt::format("| `{}` | {} | {} | {} |\n", rows[r].key, default_of(methods, r), rows[r].allowed, rows[r].meaning);
  }
  return text;
}

/// "Read by conrad and resonant methods.", nothing where all methods do.
std::string readers_of(const std::string& section) {
  std::vector<std::string_view> names;
  for (const search::FamilyRules& family : search::families()) {
    if (search::reads(family, section)) {
      names.push_back(search::title_of(family));
    }
  }
  return names.size() == search::families().size() ? "" : fmt::format("Read by {}.\n\n", fmt::join(names, " and "));
}

std::string chapter(const std::string& title, const std::string& introduction, const std::vector<MethodRows>& methods) {
  return fmt::format("\n## {}\n\n{}{}", title, introduction, table(methods));
}

constexpr std::string_view kFreeSections =
    "\n## [columns]\n\nDerived columns: any name, and an expression over columns of the file or other derived columns, "
    "such "
    "as `tau21 = \"tau2_j1 / tau1_j1\"`.\n"
    "\n## [units]\n\nUnits of derived columns, or of those of files that give none: a name, and a unit such as "
    "`mjj = \"GeV\"`.\n";

}  // namespace

std::string option_reference() {
  search::SearchConfig config;
  std::string text =
      "# Options\n\nEvery section and key of a configuration file, generated by `eddy options` from the declarations "
      "in the code.\n";
  for (const auto& section : search::sections(config)) {
    text += chapter(fmt::format("[{}]", section.name), readers_of(section.name), rows_by_method(section.name));
    if (section.name == "template") {
      text += kFreeSections;
    }
  }
  for (const auto& section : search::repeated_sections(config)) {
    section.resize(1);
    text += chapter(fmt::format("[[{}]]", section.name),
                    readers_of(section.name) + "May stand any number of times, or not at all.\n\n",
                    {{nullptr, rows_of([&](base::OptionVisitor& visitor) { section.describe(0, visitor); })}});
  }
  jets::FeatureSettings features;
  for (const auto& section : feature_sections(features)) {
    text += chapter(fmt::format("[{}]", section.name), "Read by `eddy features`.\n\n",
                    {{nullptr, rows_of(section.describe)}});
  }
  return text;
}

}  // namespace eddy::runs
