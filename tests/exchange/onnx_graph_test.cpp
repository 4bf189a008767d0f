#include <eddy/exchange/onnx_graph.hpp>

#include <gtest/gtest.h>

namespace eddy::exchange::onnx {
namespace {

TEST(OnnxGraph, EqualConstantsAreStoredOnce) {
  Graph graph("g");
  const Value one = graph.number(1);
  EXPECT_EQ(graph.number(1), one);
  EXPECT_NE(graph.number(2), one);
  EXPECT_NE(graph.constant(std::vector<double>{1}, {1}), one);  // of another shape
  EXPECT_NE(graph.constant(std::vector<float>{1}, {}), one);    // of another type
  EXPECT_EQ(graph.model().constants.size(), 4U);
}

TEST(OnnxGraph, NodesNameWhatTheyMake) {
  Graph graph("g");
  const Value x = graph.cast(graph.input("mass", 1), Type::kDouble);
  graph.output("double_mass", graph.cast(graph.add(x, x), Type::kFloat), 1);
  const Model& model = graph.model();
  ASSERT_EQ(model.nodes.size(), 4U);
  EXPECT_EQ(model.nodes[0].inputs, std::vector<Value>{"mass"});
  EXPECT_EQ(model.nodes[1].inputs, (std::vector<Value>{x, x}));
  EXPECT_EQ(model.nodes.back().outputs, std::vector<Value>{"double_mass"});
  EXPECT_EQ(model.outputs[0].n_columns, 1);
}

}  // namespace
}  // namespace eddy::exchange::onnx
