#include <eddy/search/limits/limit_signal.hpp>

#include <gtest/gtest.h>
#include <search/inputs_fixture.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <set>

namespace eddy::search {
namespace {

class LimitSignalFile : public Inputs {
 protected:
  [[nodiscard]] LimitSignal load_signal(const std::string& file, const std::string& weight = "") const {
    return load_limit_signal(config, {.file = file, .folder = folder.path(), .weight = weight}, load());
  }
};

TEST_F(LimitSignalFile, is_selected_like_the_data) {
  const LimitSignal signal = load_signal("signal.h5");
  EXPECT_EQ(signal.events.size(), 800U) << "M >= 200";
  EXPECT_DOUBLE_EQ(signal.in_region, 0.5);
  EXPECT_DOUBLE_EQ(signal.expected, 400);
  EXPECT_EQ(signal.n_also_in_data, 0U);
  EXPECT_DOUBLE_EQ(largest_strength(signal), 0.8 * 0.5 * 800 * 0.5);
}

TEST_F(LimitSignalFile, counts_weights) {
  events::Events weighted = table(kEvents, 20000);
  std::vector<float> weight(kEvents, 0.5F);
  std::fill(weight.begin() + 600, weight.end(), 0.25F);
  weighted.add({"w", "", weight});
  write("signal.h5", weighted);
  const LimitSignal signal = load_signal("signal.h5", "w");
  EXPECT_DOUBLE_EQ(signal.expected, 100);
  EXPECT_DOUBLE_EQ(signal.in_region, 100.0 / 300);
  EXPECT_DOUBLE_EQ(largest_strength(signal), 0.8 * 0.5 * (300 / 0.5) / 3) << "600 of 800 events are left, at 1 each";
}

TEST_F(LimitSignalFile, leaves_out_what_stands_in_the_data) {
  events::Events both = table(kEvents, 20000);
  write("signal.h5", table(kEvents, 0));
  test::expect_throws_with<base::InputError>([&] { (void)load_signal("signal.h5"); }, "0 events of --signal", "800 are",
                                             "at least 200");
}

TEST_F(LimitSignalFile, refuses_what_cannot_be_injected) {
  events::Events weighted = table(kEvents, 20000);
  std::vector<float> weight(kEvents, 1);
  weight[700] = -1;
  weighted.add({"w", "", weight});
  write("signal.h5", weighted);
  test::expect_throws_with<base::InputError>([&] { (void)load_signal("signal.h5", "w"); }, "--weight w is negative",
                                             "1 of the 800");
  write("few.h5", table(700, 20000));
  test::expect_throws_with<base::InputError>([&] { (void)load_signal("few.h5"); }, "100 events of --signal 'few.h5'",
                                             "at least 200");
}

LimitSignal synthetic_signal() {
  LimitSignal signal;
  signal.events = signal_sample(1000, 3);
  signal.in_region = 1;
  return signal;
}

TEST(WithInjected, TakesOneHalfAndJudgesWithTheOther) {
  const SearchInputs base = background_inputs(500, 500, 1);
  const LimitSignal signal = synthetic_signal();
  const SearchInputs inputs = with_injected(base, signal, 100, {{1}, "a"});
  EXPECT_EQ(inputs.n_injected, 100U);
  ASSERT_EQ(inputs.data.size(), 600U);
  EXPECT_EQ(std::ranges::count(inputs.data.truth, 1), 100);
  EXPECT_EQ(std::ranges::count(inputs.data.truth.begin(), inputs.data.truth.begin() + 500, 1), 0);
  EXPECT_NEAR(static_cast<double>(inputs.benchmark_signal.size()), 500, 5 * 16);
  std::set<float> injected;
  for (std::size_t i = 500; i < 600; ++i) {
    injected.insert(inputs.data.x(i, 0));
    EXPECT_GE(inputs.data.index[i], 500U);
  }
  EXPECT_EQ(injected.size(), 100U);
  for (std::size_t i = 0; i < inputs.benchmark_signal.size(); ++i) {
    EXPECT_FALSE(injected.contains(inputs.benchmark_signal.x(i, 0)));
  }
  const std::set<std::uint64_t> indices(inputs.data.index.begin(), inputs.data.index.end());
  EXPECT_EQ(indices.size(), 600U);
}

TEST(WithInjected, IsAFunctionOfTheStream) {
  const SearchInputs base = background_inputs(500, 500, 1);
  const LimitSignal signal = synthetic_signal();
  const SearchInputs first = with_injected(base, signal, 100, {{1}, "a"});
  EXPECT_TRUE(std::ranges::equal(first.data.x.values(), with_injected(base, signal, 100, {{1}, "a"}).data.x.values()));
  EXPECT_FALSE(std::ranges::equal(first.data.x.values(), with_injected(base, signal, 100, {{1}, "b"}).data.x.values()));
  EXPECT_EQ(with_injected(base, signal, 0, {{1}, "a"}).data.size(), 500U);
  test::expect_throws_with<base::InputError>([&] { (void)with_injected(base, signal, 900, {{1}, "a"}); }, "900 signal");
}

/// A classifier that is trained on one copy would recognise the other.
TEST(WithInjected, KeepsCopiesTogether) {
  const SearchInputs base = background_inputs(500, 500, 1);
  LimitSignal signal = synthetic_signal();
  for (std::size_t i = 0; i < 1000; ++i) {
    signal.events.group.push_back(i / 2 * 2);
  }
  const SearchInputs inputs = with_injected(base, signal, 200, {{1}, "a"});
  ASSERT_EQ(inputs.data.group.size(), 700U);
  std::set<std::uint64_t> injected;
  for (std::size_t i = 500; i < 700; ++i) {
    injected.insert(inputs.data.group[i] - 500);
  }
  for (const std::uint64_t group : inputs.benchmark_signal.group) {
    EXPECT_FALSE(injected.contains(group));
  }
}

}  // namespace
}  // namespace eddy::search
