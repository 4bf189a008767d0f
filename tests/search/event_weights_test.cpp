#include <eddy/base/error.hpp>
#include <eddy/events/write.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/inputs.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::search {
namespace {

constexpr std::size_t kEvents = 1000;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(EffectiveSize, is_that_of_as_many_equal_weights) {
  EXPECT_DOUBLE_EQ(effective_size(std::vector<double>(7, 0.1)), 7);
  EXPECT_DOUBLE_EQ(effective_size(std::vector<double>{1, 0, 0}), 1);
  EXPECT_DOUBLE_EQ(effective_size(std::vector<double>{3, 1}), 16 / 10.0);
  EXPECT_DOUBLE_EQ(effective_size(std::vector<double>{1, 1, -1}), 1 / 3.0);
}

Sample sample_with(std::vector<double> weight) {
  Sample sample;
  sample.x = base::Matrix(weight.size(), 1);
  sample.context = base::Matrix(weight.size(), 1);
  sample.in_signal_region.assign(weight.size(), 1);
  sample.in_signal_region.front() = 0;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    sample.index.push_back(i);
  }
  sample.weight = std::move(weight);
  return sample;
}

TEST(WeightsAt, are_those_of_the_rows_or_none) {
  EXPECT_EQ(weights_at(sample_with({1, 2, 3, 4}), {3, 1}), (std::vector<float>{4, 2}));
  EXPECT_TRUE(weights_at(sample_with(std::vector<double>(2)), {}).empty());
  Sample plain = sample_with({1, 2});
  plain.weight.clear();
  EXPECT_TRUE(weights_at(plain, {0, 1}).empty());
  EXPECT_EQ(weights_or_ones(plain), (std::vector<double>{1, 1}));
}

TEST(Unweighted, keeps_events_in_proportion_to_their_weight_and_all_of_equal_ones) {
  constexpr std::size_t kMany = 20000;
  std::vector<double> weight(kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    weight[i] = i % 2 == 0 ? 2.0 : 0.5;
  }
  const Sample kept = unweighted(sample_with(weight), {}, {{1}, "unweighted"});
  EXPECT_TRUE(kept.weight.empty());
  const auto n_light = std::ranges::count_if(kept.index, [](std::uint64_t i) { return i % 2 == 1; });
  EXPECT_EQ(static_cast<std::size_t>(std::ssize(kept.index) - n_light), kMany / 2);
  // A quarter of 10,000, binomial error 43.
  EXPECT_NEAR(static_cast<double>(n_light), 2500, 4 * 43);
  EXPECT_EQ(unweighted(sample_with(std::vector<double>(100, 0.3)), {}, {{1}, "unweighted"}).size(), 100U);
}

TEST(WeightWarnings, say_where_a_few_events_count_for_most) {
  InputRecord record{};
  record.role = "template";
  record.file = "t.h5";
  record.n_selected = 1000;
  EXPECT_TRUE(weight_warnings({record}).empty());
  record.weight = "w";
  record.n_effective = 251;
  EXPECT_TRUE(weight_warnings({record}).empty());
  record.n_effective = 249;
  EXPECT_THAT(weight_warnings({record}), testing::ElementsAre(testing::HasSubstr(
                                             "(column 'w') of the template ('t.h5') leave 249 effective events "
                                             "of 1000")));
}

/// Event i has M = i, two features, and the weights "w" = 1 + i % 3 and "one" = 1.
events::Events table(float offset) {
  std::vector<float> m(kEvents);
  std::vector<float> a(kEvents);
  std::vector<float> b(kEvents);
  std::vector<float> w(kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    m[i] = static_cast<float>(i);
    a[i] = offset + static_cast<float>(i ^ 2U);
    b[i] = std::sin(static_cast<float>(i) + offset);
    w[i] = static_cast<float>(1 + i % 3);
  }
  events::Events events;
  events.add({"M", "GeV", m});
  events.add({"a", "", a});
  events.add({"b", "", b});
  events.add({"w", "", w});
  events.add({"one", "", std::vector<float>(kEvents, 1.0F)});
  return events;
}

/// Data, template and signal in files; selection M >= 200, signal region M >= 600.
class WeightedInputs : public testing::Test {
 protected:
  WeightedInputs() {
    events::write_hdf5(folder.file("data.h5"), table(0));
    events::write_hdf5(folder.file("template.h5"), table(10000));
    events::write_hdf5(folder.file("signal.h5"), table(20000));
    config.data.file = "data.h5";
    config.template_sample = {.file = "template.h5", .weight = "w"};
    config.features = {.context = {"M"}, .x = {"a", "b"}};
    config.regions = {.selection = "M >= 200", .signal = "M >= 600"};
    config.folds.k = 2;
  }
  void define_weight(const std::string& expression) {
    config.columns = {{"mine", expression}};
    config.template_sample.weight = "mine";
  }
  [[nodiscard]] SearchInputs load() const { return load_inputs(config, folder.path(), {}); }
  template <class... Parts>
  void expect_refused(const Parts&... parts) const {
    test::expect_throws_with<base::InputError>([&] { (void)load(); }, parts...);
  }

  test::TemporaryFolder folder;
  SearchConfig config;
};

TEST_F(WeightedInputs, are_those_of_the_selected_events_and_recorded) {
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.template_sample.size(), 800U);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < 800; ++i) {
    const double w = 1.0 + static_cast<double>((i + 200) % 3);
    ASSERT_EQ(inputs.template_sample.weight[i], w);
    sum += w;
    squares += w * w;
  }
  EXPECT_EQ(inputs.records[1].weight, "w");
  EXPECT_DOUBLE_EQ(inputs.records[1].sum_of_weights, sum);
  EXPECT_DOUBLE_EQ(inputs.records[1].n_effective, sum * sum / squares);
  EXPECT_TRUE(inputs.data.weight.empty());
  EXPECT_EQ(inputs.records[0].weight, "");
}

TEST_F(WeightedInputs, may_be_derived_and_ones_are_none) {
  define_weight("w * M / 100");
  EXPECT_DOUBLE_EQ(load().template_sample.weight[0], static_cast<double>(1 + 200 % 3) * 2);
  config.template_sample.weight = "one";
  const SearchInputs inputs = load();
  EXPECT_TRUE(inputs.template_sample.weight.empty());
  EXPECT_EQ(inputs.records[1].sum_of_weights, 800);
  EXPECT_EQ(inputs.records[1].n_effective, 800);
  config.template_sample.weight = "a";  // a feature may be a weight too
  EXPECT_EQ(load().template_sample.weight[0], load().template_sample.x(0, 0));
}

TEST_F(WeightedInputs, that_mean_nothing_are_refused_by_name) {
  config.template_sample.weight = "ww";
  expect_refused("has no column 'ww'", "did you mean 'w'?");
  define_weight("M == 300 || M == 305 ? 0 / 0 : 1");
  expect_refused("weight column 'mine' of the template", "NaN or infinite for 2 selected events",
                 "the first in row 300");
  define_weight("M < 210 ? -0.5 : 1");
  expect_refused(
      "[template] weight = \"mine\" is negative for 10 of 800 selected events of the template ('template.h5')",
      "cannot be trained", "positive resampling");
  define_weight("-1");
  expect_refused("sum to -800 over 800 selected events");
  define_weight("M >= 600 ? 0 : 1");
  expect_refused("[template] weight = \"mine\" is 0 for 400 of the 400 selected events",
                 "('template.h5') in the signal region", "0 count there, and at least 100 must", "name another column");
}

// Forty events that count would train, until a fold is without any: that ended searches whose folder was there.
TEST_F(WeightedInputs, that_leave_a_fold_without_events_are_refused) {
  define_weight("M >= 600 && M < 690 ? 1 : M >= 600 ? 0 : 1");
  expect_refused("is 0 for 310 of the 400 selected events", "90 count there", "give events that count there");
  define_weight("M >= 600 && M < 710 ? 1 : M >= 600 ? 0 : 1");
  EXPECT_NO_THROW((void)load());
}

// float32 rounds 1 + 1e-9 to 1, and what is beyond its range to 0 or infinity.
TEST_F(WeightedInputs, count_in_double_precision) {
  events::Events with_exact = table(10000);
  std::vector<double> w(kEvents);
  double sum = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    w[i] = 1 + 1e-9 * static_cast<double>(i);
    sum += i >= 200 ? w[i] : 0;
  }
  with_exact.add({"exact", "", w});
  events::write_hdf5(folder.file("template.h5"), with_exact);
  config.template_sample.weight = "exact";
  SearchInputs inputs = load();
  EXPECT_EQ(inputs.template_sample.weight[0], 1 + 200 * 1e-9);
  EXPECT_DOUBLE_EQ(inputs.records[1].sum_of_weights, sum);
  EXPECT_EQ(weights_at(inputs.template_sample, {0}), std::vector<float>{static_cast<float>(1 + 200 * 1e-9)});
  define_weight("exact");
  EXPECT_EQ(load().template_sample.weight[0], 1 + 200 * 1e-9) << "a derived column";
  for (const char* tiny : {"exact < 1.0000005 ? exact : 1e-50", "exact < 1.0000005 ? exact : 1e35"}) {
    define_weight(tiny);
    expect_refused("[template] weight = \"mine\"", "('template.h5')", "single precision",
                   "multiply all weights by one factor");
  }
}

TEST_F(WeightedInputs, of_injected_signal_choose_events_that_then_count_once) {
  config.inject = {.file = "signal.h5", .weight = "w", .count = 300};
  const SearchInputs inputs = load();
  EXPECT_TRUE(inputs.data.weight.empty());
  EXPECT_EQ(inputs.data.size(), 800U + 300);
  std::array<double, 3> n{};
  for (std::size_t i = 800; i < inputs.data.size(); ++i) {
    const auto row = static_cast<std::size_t>(inputs.data.context(i, 0));
    n.at(row % 3) += 1;
  }
  // In proportion 1 : 2 : 3 of 300 events: 50, 100, 150; each known to the root of it.
  EXPECT_NEAR(n[0], 50, 4 * std::sqrt(50));
  EXPECT_NEAR(n[2], 150, 4 * std::sqrt(100));
  config.inject.count = 700;  // of 800, of which 533 are left
  expect_refused("[inject] asks for 700 events", "when each counts once", "inject fewer");
}

TEST_F(WeightedInputs, of_one_inject_what_no_weights_do) {
  config.inject = {.file = "signal.h5", .s_over_sqrt_b = 5};
  const SearchInputs without = load();
  config.inject.weight = "one";
  const SearchInputs with = load();
  EXPECT_TRUE(std::ranges::equal(with.data.x.values(), without.data.x.values()));
}

TEST_F(WeightedInputs, of_a_benchmark_signal_may_be_negative_where_nothing_is_trained_on_it) {
  config.columns = {{"mine", "M < 300 ? -0.5 : 1"}};
  config.benchmarks.signal = "signal.h5";
  config.benchmarks.signal_weight = "mine";
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.benchmark_signal.weight[0], -0.5F);
  EXPECT_EQ(inputs.records.back().n_negative_weights, 100U);
  events::write_hdf5(folder.file("background.h5"), table(30000));
  config.benchmarks.background = "background.h5";
  expect_refused("[benchmarks] signal_weight = \"mine\" is negative");
  config.benchmarks.signal_weight = "w";
  config.benchmarks.background_weight = "w";
  EXPECT_EQ(load().benchmark_background.weight[0], static_cast<float>(1 + 200 % 3));
}

}  // namespace
}  // namespace eddy::search
