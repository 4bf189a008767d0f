#include <eddy/base/error.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/search/derived_columns.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace eddy::search {
namespace {

/// Walks from wanted names and expressions down to columns of a file, calling `on_derived` for each derived column
/// after everything it depends on, and `on_file` for each column of the file, once each.
class Walk {
 public:
  Walk(const DerivedColumns& derived, std::function<void(const std::string&, const std::string&)> on_derived,
       std::function<void(const std::string&)> on_file)
      : derived_(derived), on_derived_(std::move(on_derived)), on_file_(std::move(on_file)) {}

  void expression(const std::string& text) {
    if (!text.empty()) {
      const events::Expression parsed(text);
      for (const std::string& variable : parsed.variables()) {
        name(variable);
      }
    }
  }

  void name(const std::string& column) {
    if (std::ranges::find(done_, column) != done_.end()) {
      return;
    }
    if (std::ranges::find(path_, column) != path_.end()) {
      throw base::InputError(
          fmt::format("the derived column '{}' depends on itself ({} -> {}); rename one of them in [columns]", column,
                      fmt::join(path_, " -> "), column));
    }
    const auto definition = std::ranges::find(derived_, column, &std::pair<std::string, std::string>::first);
    if (definition == derived_.end()) {
      on_file_(column);
    } else {
      path_.push_back(column);
      expression(definition->second);
      path_.pop_back();
      on_derived_(definition->first, definition->second);
    }
    done_.push_back(column);
  }

 private:
  const DerivedColumns& derived_;
  std::function<void(const std::string&, const std::string&)> on_derived_;
  std::function<void(const std::string&)> on_file_;
  std::vector<std::string> path_;
  std::vector<std::string> done_;
};

void walk_all(Walk walk, const std::vector<std::string>& names, const std::vector<std::string>& expressions) {
  for (const std::string& name : names) {
    walk.name(name);
  }
  for (const std::string& expression : expressions) {
    walk.expression(expression);
  }
}

}  // namespace

std::vector<std::string> columns_to_read(const DerivedColumns& derived, const std::vector<std::string>& names,
                                         const std::vector<std::string>& expressions) {
  std::vector<std::string> columns;
  walk_all(Walk(
               derived, [](const std::string&, const std::string&) {},
               [&](const std::string& column) { columns.push_back(column); }),
           names, expressions);
  return columns;
}

void add_derived_columns(const DerivedColumns& derived, const std::vector<std::string>& names,
                         const std::vector<std::string>& expressions, events::Events& events) {
  const auto add = [&](const std::string& name, const std::string& text) {
    events.add({name, "", events::Expression(text).evaluate(events)});
  };
  walk_all(Walk(derived, add, [](const std::string&) {}), names, expressions);
}

}  // namespace eddy::search
