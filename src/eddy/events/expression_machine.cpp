#include <eddy/events/expression_machine.hpp>

#include <algorithm>
#include <span>

namespace eddy::events {
namespace {

/// How many blocks a step takes from the stack; each leaves one.
std::size_t n_operands(const ExpressionStep& step) {
  if (std::holds_alternative<PushNumber>(step) || std::holds_alternative<PushColumn>(step)) {
    return 0;
  }
  if (const Call* call = std::get_if<Call>(&step)) {
    return call->n_arguments;
  }
  if (std::holds_alternative<Negate>(step) || std::holds_alternative<LogicalNot>(step)) {
    return 1;
  }
  return std::holds_alternative<Choose>(step) ? 3 : 2;
}

std::size_t stack_size(const std::vector<ExpressionStep>& steps) {
  std::size_t size = 0;
  std::size_t largest = 0;
  for (const ExpressionStep& step : steps) {
    size = size + 1 - n_operands(step);
    largest = std::max(largest, size);
  }
  return largest;
}

void fill(const PushNumber& number, std::size_t n, ExpressionBlock& out) {
  out.precision = Precision::kExact;
  out.constant = true;
  if (number.is_integer) {
    out.resize(ExpressionBlock::Kind::kInteger, n);
    std::ranges::fill(out.integers, number.integer);
  } else {
    out.resize(ExpressionBlock::Kind::kReal, n);
    std::ranges::fill(out.reals, number.real);
  }
}

/// Calls the operation that a step stands for; the operands stand in `operands`, the result goes to the first.
struct Operate {
  std::span<ExpressionBlock> operands;

  void operator()(const PushNumber&) const {}  // the two that have no operands are not called
  void operator()(const PushColumn&) const {}
  void operator()(Arithmetic operation) const { calculate(operation, operands[0], operands[1]); }
  void operator()(Comparison comparison) const { compare(comparison, operands[0], operands[1]); }
  void operator()(Negate) const { negate(operands[0]); }
  void operator()(LogicalNot) const { logical_not(operands[0]); }
  void operator()(LogicalAnd) const { logical_and(operands[0], operands[1]); }
  void operator()(LogicalOr) const { logical_or(operands[0], operands[1]); }
  void operator()(Choose) const { choose(operands[0], operands[1], operands[2]); }
  void operator()(const Call& call) const { call.function->apply(operands); }
};

}  // namespace

ExpressionMachine::ExpressionMachine(const ExpressionProgram& program, const std::vector<const ColumnValues*>& columns)
    : program_(program), columns_(columns), stack_(stack_size(program.steps)) {}

ExpressionBlock& ExpressionMachine::push() { return stack_[size_++]; }

void ExpressionMachine::apply(const ExpressionStep& step) {
  if (const auto* number = std::get_if<PushNumber>(&step)) {
    fill(*number, n_, push());
  } else if (const auto* column = std::get_if<PushColumn>(&step)) {
    load(*columns_[column->variable], first_, n_, push());
  } else {
    const std::size_t n = n_operands(step);
    std::visit(Operate{std::span(stack_).subspan(size_ - n, n)}, step);
    size_ = size_ + 1 - n;
  }
}

ExpressionBlock& ExpressionMachine::run(std::size_t first, std::size_t n) {
  first_ = first;
  n_ = n;
  size_ = 0;
  for (const ExpressionStep& step : program_.steps) {
    apply(step);
  }
  return stack_.front();
}

}  // namespace eddy::events
