#pragma once
// Formulae as nodes of a graph. A value is the name of what a node gives; everything is computed in double but where a
// cast says otherwise, and has one row for each event.

#include <eddy/exchange/onnx_proto.hpp>

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace eddy::exchange::onnx {

using Value = std::string;

class Graph {
 public:
  explicit Graph(std::string name) { model_.name = std::move(name); }

  [[nodiscard]] Model& model() { return model_; }

  /// A float32 input of shape (events, n_columns).
  Value input(const std::string& name, std::size_t n_columns);
  /// Makes `value`, of `type`, an output: of shape (events, n_columns), or (events) for 0.
  void output(const std::string& name, const Value& value, std::size_t n_columns, Type type = Type::kFloat);

  Value number(double value);
  Value constant(std::span<const double> values, std::vector<std::int64_t> shape);
  Value constant(std::span<const float> values, std::vector<std::int64_t> shape);
  Value indices(std::vector<std::int64_t> values);

  Value op(const std::string& type, std::vector<Value> inputs, std::vector<Attribute> attributes = {},
           const std::string& domain = {});
  Value add(const Value& a, const Value& b) { return op("Add", {a, b}); }
  Value sub(const Value& a, const Value& b) { return op("Sub", {a, b}); }
  Value mul(const Value& a, const Value& b) { return op("Mul", {a, b}); }
  Value div(const Value& a, const Value& b) { return op("Div", {a, b}); }
  Value larger(const Value& a, const Value& b) { return op("Max", {a, b}); }
  Value smaller(const Value& a, const Value& b) { return op("Min", {a, b}); }
  Value exp(const Value& a) { return op("Exp", {a}); }
  Value log(const Value& a) { return op("Log", {a}); }
  Value square(const Value& a) { return mul(a, a); }
  Value select(const Value& condition, const Value& a, const Value& b) { return op("Where", {condition, a, b}); }
  Value at_least(const Value& a, const Value& b) { return op("GreaterOrEqual", {a, b}); }
  /// log(1 + exp(a)) without overflow.
  Value softplus(const Value& a);
  /// 1 / (1 + exp(-a)), of double: the operator Sigmoid loses the digits of small values (ONNX Runtime subtracts from
  /// 1).
  Value sigmoid(const Value& a) { return div(number(1), add(number(1), exp(mul(number(-1), a)))); }

  Value cast(const Value& a, Type type);
  /// To the nearest float32, as double.
  Value rounded(const Value& a) { return cast(cast(a, Type::kFloat), Type::kDouble); }
  /// Sum over the last of `n_axes` axes; `keep`: it stays, of size 1.
  Value sum(const Value& a, std::int64_t axis, bool keep);
  Value slice(const Value& a, std::int64_t first, std::int64_t last, std::int64_t axis);
  Value column(const Value& a, std::size_t i) {
    return slice(a, static_cast<std::int64_t>(i), static_cast<std::int64_t>(i) + 1, 1);
  }
  Value concat(std::vector<Value> parts, std::int64_t axis);
  Value reshape(const Value& a, std::vector<std::int64_t> shape);
  /// Entry index[...] along the last axis of `table`, for each row: shapes but for the last axis are the same.
  Value pick(const Value& table, const Value& index, std::int64_t axis) {
    return op("GatherElements", {table, index}, {integer("axis", axis)});
  }
  /// Entries of a constant of shape (n) at int64 indices of any shape.
  Value look_up(std::span<const double> table, const Value& index) {
    return op("Gather", {constant(table, {static_cast<std::int64_t>(table.size())}), index}, {integer("axis", 0)});
  }
  /// How many of `conditions` hold along `axis`, as int64, the axis kept with size 1.
  Value count(const Value& conditions, std::int64_t axis) { return sum(cast(conditions, Type::kInt64), axis, true); }

  static Attribute integer(const std::string& name, std::int64_t value) {
    return {.name = name, .kind = Attribute::Kind::kInt, .ints = {value}};
  }

 private:
  Value add_constant(Type type, std::vector<std::int64_t> shape, std::string bytes);

  Model model_;
  std::size_t n_values_ = 0;
  std::map<std::string, Value> known_;  ///< constants that are there already
};

}  // namespace eddy::exchange::onnx
