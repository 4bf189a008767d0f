#include <eddy/exchange/onnx_graph.hpp>

#include <fmt/format.h>

#include <utility>

namespace eddy::exchange::onnx {
namespace {

template <class T>
std::string bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

Value Graph::input(const std::string& name, std::size_t n_columns) {
  model_.inputs.push_back({name, static_cast<std::int64_t>(n_columns), Type::kFloat});
  return name;
}

void Graph::output(const std::string& name, const Value& value, std::size_t n_columns, Type type) {
  model_.nodes.push_back({"Identity", {value}, {name}});
  model_.outputs.push_back({name, static_cast<std::int64_t>(n_columns), type});
}

Value Graph::add_constant(Type type, std::vector<std::int64_t> shape, std::string bytes) {
  std::string key = fmt::format("{}:", static_cast<int>(type));
  for (const std::int64_t size : shape) {
    key += fmt::format("{},", size);
  }
  key += bytes;
  const auto [known, is_new] = known_.try_emplace(key, fmt::format("c{}", known_.size()));
  if (is_new) {
    model_.constants.push_back({known->second, type, std::move(shape), std::move(bytes)});
  }
  return known->second;
}

Value Graph::number(double value) { return constant(std::span(&value, 1), {}); }

Value Graph::constant(std::span<const double> values, std::vector<std::int64_t> shape) {
  return add_constant(Type::kDouble, std::move(shape), bytes_of(values));
}

Value Graph::constant(std::span<const float> values, std::vector<std::int64_t> shape) {
  return add_constant(Type::kFloat, std::move(shape), bytes_of(values));
}

Value Graph::indices(std::vector<std::int64_t> values) {
  const auto n = static_cast<std::int64_t>(values.size());
  return add_constant(Type::kInt64, {n}, bytes_of(std::span<const std::int64_t>(values)));
}

Value Graph::op(const std::string& type, std::vector<Value> inputs, std::vector<Attribute> attributes,
                const std::string& domain) {
  Value value = fmt::format("v{}", n_values_++);
  model_.nodes.push_back({type, std::move(inputs), {value}, std::move(attributes), domain});
  return value;
}

Value Graph::softplus(const Value& a) {
  const Value tail = log(add(number(1), exp(op("Neg", {op("Abs", {a})}))));
  return add(larger(a, number(0)), tail);
}

Value Graph::cast(const Value& a, Type type) {
  return op("Cast", {a}, {integer("to", static_cast<std::int64_t>(type))});
}

Value Graph::sum(const Value& a, std::int64_t axis, bool keep) {
  return op("ReduceSum", {a, indices({axis})}, {integer("keepdims", keep ? 1 : 0)});
}

Value Graph::slice(const Value& a, std::int64_t first, std::int64_t last, std::int64_t axis) {
  return op("Slice", {a, indices({first}), indices({last}), indices({axis})});
}

Value Graph::concat(std::vector<Value> parts, std::int64_t axis) {
  return parts.size() == 1 ? parts.front() : op("Concat", std::move(parts), {integer("axis", axis)});
}

Value Graph::reshape(const Value& a, std::vector<std::int64_t> shape) {
  return op("Reshape", {a, indices(std::move(shape))});
}

}  // namespace eddy::exchange::onnx
