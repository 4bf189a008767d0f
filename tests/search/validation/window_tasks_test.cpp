#include <eddy/base/error.hpp>
#include <eddy/search/validation/window_tasks.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_sample.hpp>

namespace eddy::search {
namespace {

class WindowTasks : public testing::Test {
 protected:
  WindowTasks() : inputs(background_inputs(50, 50, 1)), config(quick_config()) { config.efficiencies = {0.1, 0.01}; }
  [[nodiscard]] std::vector<base::Json> run(const std::vector<WindowTask>& tasks, int version = 1) const {
    return run_window_tasks({inputs, config, base::TaskStore(folder.path()), {}}, version, tasks);
  }
  [[nodiscard]] WindowTask counting(double place, int& n) const {
    base::TaskInputs content;
    content.add("data", inputs.data.x);
    return {.content = content, .place = place, .run = [&n](const Search&) -> base::Json {
              ++n;
              return {{{"observed", 12}, {"predicted", 10}, {"error", 2}}, nullptr};
            }};
  }
  test::TemporaryFolder folder;
  SearchInputs inputs;
  SearchConfig config;
};

TEST_F(WindowTasks, RunOnceForEachPlaceAndVersion) {
  int n = 0;
  const auto first = run({counting(1, n), counting(2, n)});
  EXPECT_EQ(n, 2);
  EXPECT_EQ(run({counting(1, n), counting(2, n)}), first);
  EXPECT_EQ(n, 2);
  (void)run({counting(1, n), counting(3, n)});
  EXPECT_EQ(n, 3) << "another place";
  (void)run({counting(1, n)}, 2);
  EXPECT_EQ(n, 4) << "another version";
}

TEST_F(WindowTasks, HaveSeedsOfTheirOwn) {
  std::vector<std::uint64_t> seeds;
  int n = 0;
  std::vector<WindowTask> tasks = {counting(1, n), counting(2, n)};
  for (WindowTask& task : tasks) {
    task.run = [&seeds](const Search& trial) -> base::Json {
      seeds.push_back(trial.config.search.seed);
      return {nullptr, nullptr};
    };
  }
  (void)run(tasks);
  ASSERT_EQ(seeds.size(), 2U);
  EXPECT_NE(seeds[0], seeds[1]);
  EXPECT_NE(seeds[0], config.search.seed);
}

TEST_F(WindowTasks, AWindowSaysWhatItsTaskFound) {
  int n = 0;
  const ValidationWindow window = window_of(2, 3, config.efficiencies, run({counting(1, n)})[0]);
  EXPECT_EQ(window.failure, "");
  ASSERT_EQ(window.cuts.size(), 1U) << "null is no prediction";
  EXPECT_EQ(window.cuts[0].efficiency, 0.1);
  EXPECT_EQ(window.cuts[0].observed, 12);
  EXPECT_EQ(window.cuts[0].predicted_error, 2);
}

TEST_F(WindowTasks, AFailureIsNotTheEndOfTheOthers) {
  int n = 0;
  WindowTask broken = counting(1, n);
  broken.run = [](const Search&) -> base::Json { throw base::InputError("too few events"); };
  const auto found = run({broken, counting(2, n)});
  EXPECT_EQ(window_of(0, 1, config.efficiencies, found[0]).failure, "too few events");
  EXPECT_EQ(window_of(0, 1, config.efficiencies, found[1]).cuts.size(), 1U);
  EXPECT_EQ(
      cuts_json({0.1, 0.01}, [](double e) -> base::Json { return e > 0.05 ? throw base::NumericError("no fit") : e; }),
      (base::Json{nullptr, 0.01}));
}

}  // namespace
}  // namespace eddy::search
