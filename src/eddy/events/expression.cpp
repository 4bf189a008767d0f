#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/expression_machine.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace eddy::events {
namespace {

using Kind = ExpressionBlock::Kind;

constexpr std::size_t kRowsPerTask = 65536;

std::vector<const ColumnValues*> columns_of(const Events& events, const std::string& text,
                                            const std::vector<std::string>& names) {
  std::vector<const ColumnValues*> columns;
  for (const std::string& name : names) {
    try {
      columns.push_back(&events.values(name));
    } catch (const base::InputError& error) {
      throw base::InputError(fmt::format("in the expression '{}': {}", text, error.what()));
    }
  }
  return columns;
}

/// Calls use(first row, block of values) for all rows, from several threads.
template <class Use>
void for_each_block(const ExpressionProgram& program, const std::vector<const ColumnValues*>& columns,
                    std::size_t n_events, Use use) {
  base::parallel_blocks(n_events, kRowsPerTask, [&](std::size_t first, std::size_t last) {
    const base::CpuScope scope(base::CpuStage::kReading);
    ExpressionMachine machine(program, columns);
    for (std::size_t row = first; row < last; row += ExpressionMachine::kRows) {
      use(row, machine.run(row, std::min(ExpressionMachine::kRows, last - row)));
    }
  });
}

/// The smallest and largest of some integers, and whether one is undefined.
struct IntegerRange {
  WideInteger smallest = 0;
  WideInteger largest = 0;
  bool undefined = false;

  explicit IntegerRange(const std::vector<WideInteger>& values) {
    for (const WideInteger value : values) {
      undefined |= value == kUndefinedInteger;
      smallest = value == kUndefinedInteger ? smallest : std::min(smallest, value);
      largest = std::max(largest, value);
    }
  }

  template <class T>
  [[nodiscard]] bool fit() const {
    return smallest >= std::numeric_limits<T>::min() && largest <= std::numeric_limits<T>::max();
  }
};

template <ColumnNumber T, class From>
ColumnValues converted(const std::vector<From>& values) {
  std::vector<T> result(values.size());
  std::ranges::transform(values, result.begin(), [](From value) { return static_cast<T>(value); });
  return result;
}

ColumnValues integer_column(const std::string& text, const std::vector<WideInteger>& values, Precision precision) {
  const IntegerRange range(values);
  if (range.undefined) {
    constexpr WideInteger kLargest = WideInteger{1} << 53;  // up to it float64 is exact
    if (range.smallest >= -kLargest && range.largest <= kLargest) {
      std::vector<double> reals(values.size());
      std::ranges::transform(values, reals.begin(), [](WideInteger value) {
        return value == kUndefinedInteger ? NAN : static_cast<double>(value);
      });
      return reals;
    }
  } else if (precision == Precision::kExact && range.fit<std::int32_t>()) {
    return converted<std::int32_t>(values);
  } else if (range.fit<std::int64_t>()) {
    return converted<std::int64_t>(values);
  } else if (range.fit<std::uint64_t>()) {
    return converted<std::uint64_t>(values);
  }
  throw base::InputError(
      fmt::format("the integers that '{}' gives are beyond 64 bit{}; compute with decimals (such as 1.0 * ...) or make "
                  "them smaller",
                  text, range.undefined ? ", or above 2^53 beside undefined ones" : ""));
}

}  // namespace

Expression::Expression(std::string text)
    : text_(std::move(text)), program_(std::make_shared<const ExpressionProgram>(parse_expression(text_))) {}

const std::vector<std::string>& Expression::variables() const { return program_->variables; }

bool Expression::misreads(std::string_view name) const {
  const std::vector<ExpressionToken> tokens = expression_tokens(text_);
  const auto constants = expression_constants();
  const bool is_constant = std::ranges::find(constants, name, &ExpressionConstant::name) != constants.end();
  if (std::ranges::find(tokens, ExpressionToken::Kind::kQuotedName, &ExpressionToken::kind) != tokens.end() ||
      (is_plain_name(name) && !is_constant)) {
    return false;
  }
  return std::ranges::any_of(tokens, [&](const ExpressionToken& token) {
    const std::size_t last = token.first + name.size();
    const bool ends_a_word = std::ranges::find(tokens, last, &ExpressionToken::last) != tokens.end();
    return ends_a_word && std::string_view(text_).substr(token.first).starts_with(name);
  });
}

ColumnValues Expression::evaluate(const Events& events) const {
  const std::vector<const ColumnValues*> columns = columns_of(events, text_, variables());
  ExpressionMachine machine(*program_, columns);
  const ExpressionBlock& empty = machine.run(0, 0);
  const Kind kind = empty.kind;  // the same for all rows: they follow from the columns' types
  const Precision precision = empty.precision;
  const std::size_t n = events.size();
  std::vector<WideInteger> integers(kind == Kind::kInteger ? n : 0);
  std::vector<double> reals(kind == Kind::kReal && precision != Precision::kSingle ? n : 0);
  std::vector<float> singles(kind != Kind::kInteger && reals.empty() ? n : 0);
  for_each_block(*program_, columns, n, [&](std::size_t first, ExpressionBlock& block) {
    const auto place = static_cast<std::ptrdiff_t>(first);
    if (kind == Kind::kInteger) {
      std::ranges::copy(block.integers, integers.begin() + place);
      return;
    }
    block.convert_to(Kind::kReal);
    if (!reals.empty()) {
      std::ranges::copy(block.reals, reals.begin() + place);
    } else {
      std::ranges::transform(block.reals, singles.begin() + place, [](double x) { return static_cast<float>(x); });
    }
  });
  if (kind == Kind::kInteger) {
    return integer_column(text_, integers, precision);
  }
  return reals.empty() ? ColumnValues(std::move(singles)) : ColumnValues(std::move(reals));
}

std::vector<Truth> Expression::evaluate_condition(const Events& events) const {
  std::vector<Truth> condition(events.size());
  const std::vector<const ColumnValues*> columns = columns_of(events, text_, variables());
  for_each_block(*program_, columns, events.size(), [&](std::size_t first, ExpressionBlock& block) {
    block.convert_to(Kind::kTruth);
    std::ranges::copy(block.truths, condition.begin() + static_cast<std::ptrdiff_t>(first));
  });
  return condition;
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
