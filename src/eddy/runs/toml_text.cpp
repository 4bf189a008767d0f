#include <eddy/runs/toml_text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

namespace eddy::runs {
namespace {

using base::Option;

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

}  // namespace

std::string toml_text(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

std::string toml_key(const std::string& key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == '-';
  });
  return bare ? key : toml_text(key);
}

std::string toml_options(const std::function<void(base::OptionVisitor&)>& describe) {
  TomlWriter writer;
  describe(writer);
  return writer.text;
}

}  // namespace eddy::runs
