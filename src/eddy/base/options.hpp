#pragma once
// Options are declared once: key, default, range, meaning. The TOML reader, the resolved config.toml, the content keys
// of tasks and the reference page all walk the same declaration, a function `describe(settings, visitor)` per settings
// struct.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::base {

/// What is known of one option beside its value.
struct Option {
  std::string_view key;
  std::string_view meaning;                                   ///< one line, with the unit and the source of the default
  double minimum = -std::numeric_limits<double>::infinity();  ///< smallest allowed number
  double maximum = std::numeric_limits<double>::infinity();   ///< largest allowed number
  std::vector<std::string_view> choices = {};                 ///< allowed texts; empty: any
};

/// Visits the options of a settings struct, in order; may change their values.
class OptionVisitor {
 public:
  OptionVisitor() = default;
  OptionVisitor(const OptionVisitor&) = delete;
  OptionVisitor& operator=(const OptionVisitor&) = delete;
  virtual ~OptionVisitor() = default;
  virtual void visit(const Option& option, bool& value) = 0;
  virtual void visit(const Option& option, std::int64_t& value) = 0;
  virtual void visit(const Option& option, double& value) = 0;
  virtual void visit(const Option& option, std::string& value) = 0;
  virtual void visit(const Option& option, std::vector<double>& value) = 0;
  virtual void visit(const Option& option, std::vector<std::string>& value) = 0;
};

/// The element of `known` closest to `name` (Levenshtein distance, whatever the case), or empty when none is near
/// enough (more than half of the letters differ, two at least, or none is shared). Of equally near ones, the first.
[[nodiscard]] std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

}  // namespace eddy::base
