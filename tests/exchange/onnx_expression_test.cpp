#include <eddy/exchange/onnx_expression.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace eddy::exchange::onnx {
namespace {

std::vector<std::string> inputs_of(Graph& graph) {
  std::vector<std::string> names;
  std::ranges::transform(graph.model().inputs, std::back_inserter(names), &Port::name);
  return names;
}

std::vector<std::string> operations_of(Graph& graph) {
  std::vector<std::string> names;
  std::ranges::transform(graph.model().nodes, std::back_inserter(names), &Node::op);
  return names;
}

TEST(OnnxExpression, DerivedColumnsAreComputedFromTheirs) {
  Graph graph("g");
  Columns columns(graph, {{"ratio", "tau2 / tau1"}, {"twice", "2 * ratio + sqrt(tau1)"}});
  const Value twice = columns.column("twice");
  EXPECT_EQ(inputs_of(graph), (std::vector<std::string>{"tau2", "tau1"}));
  EXPECT_EQ(operations_of(graph),
            (std::vector<std::string>{"Cast", "Cast", "Div", "Cast", "Cast", "Mul", "Sqrt", "Add", "Cast", "Cast"}));
  const std::size_t n = graph.model().nodes.size();
  EXPECT_EQ(columns.column("twice"), twice);
  EXPECT_EQ(graph.model().nodes.size(), n);
}

TEST(OnnxExpression, WhatCannotBeComputedIsAnInput) {
  Graph graph("g");
  Columns columns(graph, {{"chosen", "a > 1 ? a : b"}, {"of_it", "chosen * 2"}, {"rest", "a % 2"}});
  static_cast<void>(columns.column("of_it"));
  static_cast<void>(columns.column("rest"));
  EXPECT_EQ(inputs_of(graph), (std::vector<std::string>{"of_it", "rest"}));
}

}  // namespace
}  // namespace eddy::exchange::onnx
