#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/events/expression.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <muParser.h>

#include <cmath>
#include <deque>
#include <span>
#include <utility>

namespace eddy::events {
namespace {

// A parser per block: muParser keeps the values it works on. Its construction (tens of microseconds) is lost in a
// block.
constexpr std::size_t kRowBlock = 65536;

double logical_not(double value) { return value == 0 ? 1 : 0; }

void add_operators(mu::Parser& parser) { parser.DefineInfixOprt("!", logical_not); }

base::InputError invalid(const std::string& text, int position, std::string_view problem) {
  std::string where;
  if (position >= static_cast<int>(text.size())) {
    where = " at its end";
  } else if (position >= 0) {
    where = fmt::format(" at character {}", position + 1);
  }
  return base::InputError(
      fmt::format("cannot understand the expression '{}'{}: {}; use column names, numbers, + - * / ^, "
                  "< <= > >= == != && || ! ?:, and functions such as sqrt, abs, log, exp, min, max",
                  text, where, problem));
}

base::InputError invalid(const std::string& text, const mu::ParserError& error) {
  std::string problem = error.GetMsg();
  // The position is said once, counted from 1; muParser's own words count from 0.
  for (const char* tail : {" found at position", " at expression position", " at position"}) {
    problem = problem.substr(0, problem.find(tail));
  }
  while (!problem.empty() && (problem.back() == '.' || problem.back() == ' ' || problem.back() == '!')) {
    problem.pop_back();
  }
  return invalid(text, error.GetPos(), problem);
}

/// muParser takes "a = 1" as an assignment, which would silently select every event.
void reject_assignment(const std::string& text) {
  constexpr std::string_view kBefore = "<>!=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool in_comparison =
        (i > 0 && kBefore.find(text[i - 1]) != std::string_view::npos) || (i + 1 < text.size() && text[i + 1] == '=');
    if (text[i] == '=' && !in_comparison) {
      throw invalid(text, static_cast<int>(i), "a single '=' (write '==' to compare)");
    }
  }
}

/// Notes each name that is not a function or constant, in order of appearance.
struct NameCollector {
  std::vector<std::string> names;
  std::deque<double> values;  // muParser keeps pointers to them

  static double* add(const char* name, void* self) {
    auto* collector = static_cast<NameCollector*>(self);
    collector->names.emplace_back(name);
    return &collector->values.emplace_back(1.0);
  }
};

std::vector<std::string> parse_names(const std::string& text) {
  reject_assignment(text);
  NameCollector collector;
  try {
    mu::Parser parser;
    add_operators(parser);
    parser.SetVarFactory(&NameCollector::add, &collector);
    parser.SetExpr(text);
    int n_results = 0;
    parser.Eval(n_results);
    if (n_results != 1) {
      throw invalid(text, -1, fmt::format("it has {} values separated by ',' instead of one", n_results));
    }
  } catch (const mu::ParserError& error) {
    throw invalid(text, error);
  }
  return collector.names;
}

/// A parser whose variables stand in `values`, to be filled row by row. Plain evaluation, not muParser's bulk mode,
/// whose OpenMP team would compete with our threads.
class RowParser {
 public:
  RowParser(const std::string& text, const std::vector<std::string>& names) : values_(names.size()) {
    add_operators(parser_);
    for (std::size_t v = 0; v < names.size(); ++v) {
      parser_.DefineVar(names[v], &values_[v]);
    }
    parser_.SetExpr(text);
  }

  [[nodiscard]] double evaluate(std::span<const std::span<const float>> columns, std::size_t row) {
    for (std::size_t v = 0; v < values_.size(); ++v) {
      values_[v] = columns[v][row];
    }
    return parser_.Eval();
  }

 private:
  std::vector<double> values_;
  mu::Parser parser_;
};

std::vector<std::span<const float>> columns_of(const Events& events, const std::string& text,
                                               const std::vector<std::string>& names) {
  std::vector<std::span<const float>> columns;
  for (const std::string& name : names) {
    try {
      columns.push_back(events.column(name));
    } catch (const base::InputError& error) {
      throw base::InputError(fmt::format("in the expression '{}': {}", text, error.what()));
    }
  }
  return columns;
}

template <class Value, class Convert>
std::vector<Value> evaluate_rows(const std::string& text, const std::vector<std::string>& names, const Events& events,
                                 Convert convert) {
  const std::vector<std::span<const float>> columns = columns_of(events, text, names);
  std::vector<Value> result(events.size());
  base::parallel_blocks(events.size(), kRowBlock, [&](std::size_t first, std::size_t last) {
    RowParser parser(text, names);
    for (std::size_t row = first; row < last; ++row) {
      result[row] = convert(parser.evaluate(columns, row));
    }
  });
  return result;
}

}  // namespace

Expression::Expression(std::string text) : text_(std::move(text)), variables_(parse_names(text_)) {}

std::vector<float> Expression::evaluate(const Events& events) const {
  return evaluate_rows<float>(text_, variables_, events, [](double value) { return static_cast<float>(value); });
}

std::vector<std::uint8_t> Expression::evaluate_mask(const Events& events) const {
  return evaluate_rows<std::uint8_t>(text_, variables_, events, [](double value) {
    return static_cast<std::uint8_t>(!std::isnan(value) && value != 0 ? 1 : 0);
  });
}

std::vector<std::size_t> rows_where(const std::vector<std::uint8_t>& mask) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < mask.size(); ++row) {
    if (mask[row] != 0) {
      rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace eddy::events
