#include <eddy/base/error.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/search/derived_columns.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace eddy::search {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// What a walk from wanted names and expressions down to the columns of a file comes by, each name once.
struct Found {
  std::vector<std::string> file_columns;
  std::vector<std::pair<std::string, events::Expression>> derived;  ///< each after everything it depends on
  std::vector<events::Expression> expressions;                      ///< wanted ones, and those of derived columns
  std::vector<std::string> in_expressions;                          ///< columns, of the file and derived, that they use
};

/// A derived column with the name of a constant would be passed over by the expressions that mean it.
void require_readable_names(const DerivedColumns& derived, const events::Expression& expression) {
  for (const auto& [name, definition] : derived) {
    if (expression.misreads(name)) {
      throw base::InputError(fmt::format(
          "the expression '{}' does not read {} as the derived column '{}'; write `{}` in backticks for it, "
          "or give it another name in [columns]",
          expression.text(), name, definition, name));
    }
  }
}

class Walk {
 public:
  explicit Walk(const DerivedColumns& derived) : derived_(derived) {}

  void expression(const events::Expression& parsed) {
    require_readable_names(derived_, parsed);
    found_.expressions.push_back(parsed);
    for (const std::string& variable : parsed.variables()) {
      if (!contains(found_.in_expressions, variable)) {
        found_.in_expressions.push_back(variable);
      }
      name(variable);
    }
  }

  void name(const std::string& column) {
    if (contains(done_, column)) {
      return;
    }
    if (contains(path_, column)) {
      throw base::InputError(
          fmt::format("the derived column '{}' depends on itself ({} -> {}); rename one of them in [columns]", column,
                      fmt::join(path_, " -> "), column));
    }
    const auto definition = std::ranges::find(derived_, column, &std::pair<std::string, std::string>::first);
    if (definition == derived_.end()) {
      found_.file_columns.push_back(column);
    } else {
      const events::Expression parsed(definition->second);
      path_.push_back(column);
      expression(parsed);
      path_.pop_back();
      found_.derived.emplace_back(column, parsed);
    }
    done_.push_back(column);
  }

  Found take() { return std::move(found_); }

 private:
  const DerivedColumns& derived_;
  Found found_;
  std::vector<std::string> path_;
  std::vector<std::string> done_;
};

Found walk(const DerivedColumns& derived, const std::vector<std::string>& names,
           const std::vector<std::string>& expressions) {
  Walk walk(derived);
  for (const std::string& name : names) {
    walk.name(name);
  }
  for (const std::string& text : expressions) {
    if (!text.empty()) {
      walk.expression(events::Expression(text));
    }
  }
  return walk.take();
}

}  // namespace

ColumnsToRead columns_to_read(const DerivedColumns& derived, const std::vector<std::string>& names,
                              const std::vector<std::string>& expressions) {
  const Found found = walk(derived, names, expressions);
  ColumnsToRead columns{.names = found.file_columns, .exact = {}};
  std::ranges::copy_if(found.file_columns, std::back_inserter(columns.exact),
                       [&](const std::string& name) { return contains(found.in_expressions, name); });
  return columns;
}

std::function<std::string(const std::string& name)> refused_columns(const DerivedColumns& derived,
                                                                    const std::vector<std::string>& names,
                                                                    const std::vector<std::string>& expressions) {
  return [found = walk(derived, names, expressions)](const std::string& name) {
    const auto hides = std::ranges::find(found.derived, name, &std::pair<std::string, events::Expression>::first);
    if (hides != found.derived.end()) {
      return fmt::format(
          "which the derived column '{0}' = '{1}' would hide; rename it in [columns], or remove it there "
          "to use that of the file",
          name, hides->second.text());
    }
    for (const events::Expression& expression : found.expressions) {
      if (expression.misreads(name)) {
        return fmt::format(
            "but the expression '{1}' does not read {0} as a column; write `{0}` in backticks for the "
            "column, or name the columns anew (columns = [...] in the section of the file) or in it",
            name, expression.text());
      }
    }
    return std::string();
  };
}

void add_derived_columns(const DerivedColumns& derived, const std::vector<std::string>& names,
                         const std::vector<std::string>& expressions, events::Events& events,
                         const std::vector<std::string>& exact) {
  const Found found = walk(derived, names, expressions);
  for (const auto& [name, expression] : found.derived) {
    events::ColumnValues values = expression.evaluate(events);
    const bool is_exact = contains(found.in_expressions, name) || contains(exact, name);
    events.add({name, "", is_exact ? std::move(values) : events::ColumnValues(values.to_float32())});
  }
}

}  // namespace eddy::search
