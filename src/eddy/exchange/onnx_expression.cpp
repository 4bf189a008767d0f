#include <eddy/events/expression_program.hpp>
#include <eddy/exchange/onnx_expression.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace eddy::exchange::onnx {
namespace {

using events::Arithmetic;

/// Functions of expressions and the nodes that compute them; log10 is a quotient.
constexpr std::array kFunctions = {std::pair{"abs", "Abs"}, std::pair{"sqrt", "Sqrt"}, std::pair{"exp", "Exp"},
                                   std::pair{"log", "Log"}, std::pair{"ln", "Log"},    std::pair{"sin", "Sin"},
                                   std::pair{"cos", "Cos"}, std::pair{"tan", "Tan"},   std::pair{"tanh", "Tanh"},
                                   std::pair{"min", "Min"}, std::pair{"max", "Max"},   std::pair{"log10", "Log"}};

const char* node_of(const events::ExpressionFunction& function) {
  const auto known = std::ranges::find_if(kFunctions, [&](const auto& one) { return function.name == one.first; });
  return known == kFunctions.end() ? nullptr : known->second;
}

bool is_known(const events::ExpressionStep& step) {
  if (const auto* call = std::get_if<events::Call>(&step)) {
    return node_of(*call->function) != nullptr;
  }
  if (const auto* operation = std::get_if<Arithmetic>(&step)) {
    return *operation != Arithmetic::kRemainder;
  }
  return std::holds_alternative<events::PushNumber>(step) || std::holds_alternative<events::PushColumn>(step) ||
         std::holds_alternative<events::Negate>(step);
}

const char* node_of(Arithmetic operation) {
  switch (operation) {
    case Arithmetic::kAdd:
      return "Add";
    case Arithmetic::kSubtract:
      return "Sub";
    case Arithmetic::kMultiply:
      return "Mul";
    case Arithmetic::kPower:
      return "Pow";
    default:
      return "Div";
  }
}

Value called(Graph& graph, const events::ExpressionFunction& function, std::vector<Value> arguments) {
  const Value value = graph.op(node_of(function), std::move(arguments));
  return function.name == "log10" ? graph.div(value, graph.number(std::log(10.0))) : value;
}

std::vector<Value> popped(std::vector<Value>& stack, std::size_t n) {
  std::vector<Value> values(stack.end() - static_cast<std::ptrdiff_t>(n), stack.end());
  stack.resize(stack.size() - n);
  return values;
}

}  // namespace

bool Columns::is_expressible(const std::string& name) const {
  const auto at = derived_.find(name);
  if (at == derived_.end()) {
    return true;
  }
  const events::ExpressionProgram program = events::parse_expression(at->second);
  return !program.variables.empty() && std::ranges::all_of(program.steps, is_known) &&
         std::ranges::all_of(program.variables, [&](const std::string& used) { return is_expressible(used); });
}

Value Columns::computed(const std::string& expression) {
  const events::ExpressionProgram program = events::parse_expression(expression);
  std::vector<Value> stack;
  for (const events::ExpressionStep& step : program.steps) {
    if (const auto* number = std::get_if<events::PushNumber>(&step)) {
      stack.push_back(graph_.number(number->is_integer ? static_cast<double>(number->integer) : number->real));
    } else if (const auto* variable = std::get_if<events::PushColumn>(&step)) {
      stack.push_back(column(program.variables[variable->variable]));
    } else if (const auto* operation = std::get_if<Arithmetic>(&step)) {
      stack.push_back(graph_.op(node_of(*operation), popped(stack, 2)));
    } else if (const auto* call = std::get_if<events::Call>(&step)) {
      stack.push_back(called(graph_, *call->function, popped(stack, call->n_arguments)));
    } else {
      stack.push_back(graph_.op("Neg", popped(stack, 1)));
    }
  }
  return graph_.rounded(stack.back());
}

Value Columns::column(const std::string& name) {
  if (!known_.contains(name)) {
    const auto at = derived_.find(name);
    const bool is_computed = at != derived_.end() && is_expressible(name);
    const Value value = is_computed ? computed(at->second) : graph_.cast(graph_.input(name, 1), Type::kDouble);
    known_[name] = value;
  }
  return known_.at(name);
}

}  // namespace eddy::exchange::onnx
