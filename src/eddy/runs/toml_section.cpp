#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/runs/toml_depth.hpp>
#include <eddy/runs/toml_section.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <system_error>

namespace eddy::runs {
namespace {

using base::Option;

std::string allowed_range(const Option& option) {
  if (std::isinf(option.maximum)) {
    return fmt::format("of at least {}", option.minimum);
  }
  return std::isinf(option.minimum) ? fmt::format("of at most {}", option.maximum)
                                    : fmt::format("from {} to {}", option.minimum, option.maximum);
}

/// "a number from 0 to 1", "a finite number" where all are allowed.
std::string allowed_numbers(const Option& option) {
  const bool any = std::isinf(option.minimum) && std::isinf(option.maximum);
  return any ? std::string("a finite number") : "a number " + allowed_range(option);
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
      throw base::InputError(fmt::format("{}: {} {} = \"{}\" is not a choice; give one of: {}", at(option), section_,
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
        throw base::InputError(fmt::format("{}: unknown key '{}' in {}; {}", place(node, path_), name, section_,
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
    constexpr std::size_t kShown = 60;
    std::string given = text.str();
    if (given.size() > kShown) {
      given = given.substr(0, kShown) + "...";
    }
    throw base::InputError(fmt::format("{}: {} {} = {} has the wrong type; give {}", place(node, path_), section_,
                                       option.key, given, expected));
  }
  [[nodiscard]] double number(const toml::node& node, const Option& option) const {
    if (!node.is_number()) {
      fail_type(option, "a number", node);
    }
    // value<double>() has nothing for integers that no double holds.
    const auto* const integer = node.as_integer();
    const double value = integer != nullptr ? static_cast<double>(integer->get()) : node.as_floating_point()->get();
    if (!std::isfinite(value)) {
      throw base::InputError(fmt::format("{}: {} {} = {} is no finite number; give {}", place(node, path_), section_,
                                         option.key, value, allowed_numbers(option)));
    }
    return value;
  }
  void check_range(const Option& option, double value) const {
    if (!(value >= option.minimum && value <= option.maximum)) {
      throw base::InputError(fmt::format("{}: {} {} = {} is out of range; give a number {}", at(option), section_,
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

}  // namespace

void require_shallow(std::string_view text, const std::string& where) {
  if (const std::size_t line = line_of_deep_key(text); line > 0) {
    throw base::InputError(
        fmt::format("{}:{}: a key of more than {} names, joined by dots, is no option; correct the "
                    "TOML there",
                    where, line, kMostKeyParts));
  }
}

toml::table parse_file(const std::string& path) {
  constexpr std::uintmax_t kLargest = 16 << 20;  // bytes: somebody named a file of events
  std::error_code ignored;
  if (const std::uintmax_t size = std::filesystem::file_size(path, ignored); !ignored && size > kLargest) {
    throw base::InputError(
        fmt::format("'{}' has {} bytes, too many for a configuration; give the TOML file", path, size));
  }
  const std::string text = base::read_file(path);
  require_shallow(text, path);
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    throw base::InputError(fmt::format("{}:{}:{}: {}; correct the TOML there", path, error.source().begin.line,
                                       error.source().begin.column, error.description()));
  }
}

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

void read_options(const toml::table& table, const std::string& section, const std::string& path,
                  const std::function<void(base::OptionVisitor&)>& describe) {
  SectionReader reader(table, section, path);
  describe(reader);
  reader.require_all_known();
}

}  // namespace eddy::runs
