#pragma once
// Derived columns as nodes of a graph.

#include <eddy/exchange/onnx_graph.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace eddy::exchange::onnx {

/// Columns by name, (events, 1) in double: given ones as float32 inputs of the graph, derived ones computed from them.
class Columns {
 public:
  /// `derived`: name and expression (of [columns]).
  Columns(Graph& graph, std::map<std::string, std::string> derived) : graph_(graph), derived_(std::move(derived)) {}

  /// A derived column is computed where its expression, and those of the columns it uses, are made of + - * / ^, abs,
  /// sqrt, exp, log, log10, sin, cos, tan, tanh, min and max; else it is an input under its own name. It is rounded to
  /// float32, as features are.
  Value column(const std::string& name);

 private:
  [[nodiscard]] bool is_expressible(const std::string& name) const;
  Value computed(const std::string& expression);

  Graph& graph_;
  std::map<std::string, std::string> derived_;
  std::map<std::string, Value> known_;
};

}  // namespace eddy::exchange::onnx
