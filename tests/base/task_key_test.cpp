#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/task_key.hpp>

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace eddy::base {
namespace {

/// What a task may see of two events with two features.
struct Sample {
  Matrix x = Matrix(2, 2);
  std::vector<float> weight = {1, 1};
  std::vector<std::uint8_t> label = {0, 1};
  std::vector<double> exact = {1, 2};
  Json model = {{"weights", 3}};

  Sample() {
    x(0, 0) = 1;
    x(1, 1) = 2;
  }
  [[nodiscard]] std::string key(const Json& settings = {{"seed", 1}}) const {
    TaskInputs inputs;
    inputs.add("x", x).add("weight", weight).add("label", label).add("exact", exact).add_model("base", model);
    return TaskKey(inputs, settings).json().dump();
  }
};

TEST(TaskKey, changes_with_everything_that_the_task_sees) {
  std::set<std::string> keys = {Sample().key(), Sample().key({{"seed", 2}})};
  EXPECT_EQ(Sample().key(), Sample().key());
  const auto add = [&](const auto& change) {
    Sample sample;
    change(sample);
    EXPECT_TRUE(keys.insert(sample.key()).second);
  };
  add([](Sample& s) { s.x(1, 0) = 1e-30F; });
  add([](Sample& s) { s.x = take_rows(s.x, std::vector<std::size_t>{1, 0}); });
  add([](Sample& s) { s.x = take_rows(s.x, std::vector<std::size_t>{0}); });
  add([](Sample& s) { s.weight[1] = 2; });
  add([](Sample& s) { s.label = {1, 0}; });
  add([](Sample& s) { s.exact[1] += 1e-12; });
  add([](Sample& s) { s.model["weights"] = 4; });
}

TEST(TaskKey, tells_shapes_of_the_same_numbers_apart) {
  const auto key = [](std::size_t rows, std::size_t cols) {
    return TaskKey(TaskInputs().add("x", Matrix(rows, cols)), {}).json().dump();
  };
  EXPECT_NE(key(2, 3), key(3, 2));
}

TEST(TaskKey, names_each_input_once) {
  TaskInputs inputs;
  inputs.add("x", std::vector{1.F});
  EXPECT_THROW(inputs.add("x", std::vector{2.F}), Error);
}

TEST(TaskKey, there_is_none_without_inputs) { EXPECT_THROW(TaskKey(TaskInputs(), {{"seed", 1}}), Error); }

}  // namespace
}  // namespace eddy::base
