#include <eddy/base/json.hpp>
#include <eddy/search/flow_ensemble.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

namespace eddy::search {
namespace {

constexpr std::size_t kEvents = 4000;

/// An ensemble of five flows on background, and a folder with its tasks.
struct Trained {
  Trained() : config(quick_config()), sample(background_sample(kEvents, 3)) {
    config.flow_members = 5;
    config.flow.training.epochs = 1;
    flows = train();
  }
  [[nodiscard]] FlowEnsemble train() const {
    return train_flows(sample, config, "flow", base::TaskStore(folder.path()), {});
  }
  test::TemporaryFolder folder;
  SearchConfig config;
  Sample sample;
  FlowEnsemble flows;
};

const Trained& trained() {
  static const Trained all;
  return all;
}

void expect_equal(const base::Matrix& a, const base::Matrix& b) {
  EXPECT_TRUE(std::ranges::equal(a.values(), b.values()));
}

TEST(TrainFlows, held_out_folds_divide_the_template) {
  const Trained& t = trained();
  std::vector<int> times(kEvents);
  for (std::size_t m = 0; m < t.flows.members.size(); ++m) {
    const std::vector<std::size_t> rows = held_out_rows(t.flows, m);
    // A fifth of the events, binomial spread, four sigma.
    EXPECT_NEAR(static_cast<double>(rows.size()), kEvents / 5.0, 4 * std::sqrt(kEvents * 0.2 * 0.8));
    for (const std::size_t row : rows) {
      ++times[row];
    }
  }
  EXPECT_TRUE(std::ranges::all_of(times, [](int n) { return n == 1; }));
}

TEST(TrainFlows, fewer_flows_still_train_on_four_fifths) {
  Trained t;
  t.config.flow_members = 1;
  const FlowEnsemble one = t.train();
  EXPECT_NEAR(static_cast<double>(held_out_rows(one, 0).size()), kEvents / 5.0, 4 * std::sqrt(kEvents * 0.2 * 0.8));
  EXPECT_EQ(one.training.size(), 1U);
  EXPECT_EQ(one.training[0].train.size(), 1U);
}

TEST(TrainFlows, members_differ_and_are_found_again) {
  const Trained& t = trained();
  const FlowEnsemble again = t.train();
  for (std::size_t m = 0; m < 5; ++m) {
    expect_equal(t.flows.members[m].flow.to_latent(t.sample.x, t.sample.context),
                 again.members[m].flow.to_latent(t.sample.x, t.sample.context));
  }
  EXPECT_EQ(t.folder.listing().size(), 5U);
  EXPECT_NE(t.flows.members[0].flow.to_json(), t.flows.members[1].flow.to_json());
}

TEST(ChooseSpace, fixes_the_context_at_a_quantile_of_the_signal_region) {
  const Trained& t = trained();
  std::vector<float> context;
  for (const std::size_t row : region_rows(t.sample, true)) {
    context.push_back(t.sample.context(row, 0));
  }
  SearchConfig config = t.config;
  for (const double quantile : {0.0, 0.5, 1.0}) {
    config.classifier.context_quantile = quantile;
    const float fixed = choose_space(config, t.sample).fixed_context;
    const auto n_below = static_cast<double>(std::ranges::count_if(context, [&](float m) { return m < fixed; }));
    EXPECT_NEAR(n_below / static_cast<double>(context.size()), quantile, 1.5 / static_cast<double>(context.size()));
  }
  config.classifier.space = "z";
  EXPECT_EQ(choose_space(config, t.sample).kind, SpaceKind::kZ);
}

TEST(ToSpace, z_is_the_latent) {
  const Trained& t = trained();
  const flow::Flow& flow = t.flows.members[0].flow;
  expect_equal(to_space(flow, {.kind = SpaceKind::kZ}, t.sample.x, t.sample.context),
               flow.to_latent(t.sample.x, t.sample.context));
}

TEST(ToSpace, x_prime_is_x_where_the_context_is_the_fixed_one) {
  const Trained& t = trained();
  const flow::Flow& flow = t.flows.members[0].flow;
  const LatentSpace space{.kind = SpaceKind::kXPrime, .fixed_context = 2.5F};
  base::Matrix fixed(kEvents, 1);
  std::ranges::fill(fixed.values(), space.fixed_context);
  const base::Matrix x_prime = to_space(flow, space, t.sample.x, fixed);
  const std::vector<std::size_t> clipped = flow.feature_scaler().count_clipped(t.sample.x);
  double largest = 0;
  std::size_t n_far = 0;
  for (std::size_t i = 0; i < x_prime.values().size(); ++i) {
    const double difference = std::abs(x_prime.values()[i] - t.sample.x.values()[i]);
    largest = std::max(largest, difference);
    n_far += difference > 1e-3 ? 1 : 0;  // float32 round trip through two spline layers, features of order 1
  }
  // Events beyond the training range are clipped to it, which is no round trip.
  EXPECT_LE(n_far, clipped[0] + clipped[1] + clipped[2] + kEvents / 200) << "largest difference " << largest;
}

TEST(ToSpace, x_prime_has_the_signal_regions_units) {
  const Trained& t = trained();
  const LatentSpace space = choose_space(t.config, t.sample);
  const base::Matrix x_prime = to_space(t.flows.members[0].flow, space, t.sample.x, t.sample.context);
  double mean = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    mean += x_prime(i, 0) / kEvents;
  }
  // All events, whatever their context, land where the background lies at M0: mean M0 / 2. One epoch leaves up to 0.2
  // of the width.
  EXPECT_NEAR(mean, space.fixed_context / 2, 0.2);
}

TEST(NormalInSpace, is_the_standard_normal_mapped_back) {
  const Trained& t = trained();
  const flow::Flow& flow = t.flows.members[0].flow;
  const base::RandomStream stream({6}, "reference");
  const base::Matrix z = normal_in_space(flow, {.kind = SpaceKind::kZ}, 5000, stream);
  double sum = 0;
  double squares = 0;
  for (const float value : z.values()) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const double n = 5000.0 * kFeatures;
  EXPECT_NEAR(sum / n, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 4 * std::sqrt(2 / n));
  base::Matrix fixed(5000, 1);
  std::ranges::fill(fixed.values(), 2.5F);
  expect_equal(normal_in_space(flow, {.kind = SpaceKind::kXPrime, .fixed_context = 2.5F}, 5000, stream),
               flow.from_latent(z, fixed));
}

TEST(TrainFlows, a_flow_that_saw_other_weights_is_not_taken) {
  Trained t;
  const auto n_stored = [&] {
    const std::filesystem::directory_iterator files(t.folder.path());
    return std::count_if(begin(files), end(files), [](const auto& file) { return file.path().extension() == ".eddy"; });
  };
  ASSERT_EQ(n_stored(), 5);
  t.sample.weight.assign(kEvents, 1.0F);
  static_cast<void>(t.train());
  EXPECT_EQ(n_stored(), 10);
  t.sample.weight.front() = 2;
  static_cast<void>(t.train());
  EXPECT_EQ(n_stored(), 15);
}

TEST(ChooseSpace, takes_a_quantile_of_the_weights) {
  SearchConfig config = quick_config();
  Sample sample = background_sample(4, 1);
  sample.in_signal_region.assign(4, 1);
  for (std::size_t i = 0; i < 4; ++i) {
    sample.context(i, 0) = static_cast<float>(10 * (4 - i));  // 40, 30, 20, 10
  }
  const auto context_at = [&](double quantile) {
    config.classifier.context_quantile = quantile;
    return choose_space(config, sample).fixed_context;
  };
  const std::array<double, 5> quantiles = {0, 0.3, 0.5, 0.9, 1};
  const std::array<float, 5> plain = {10, 10, 20, 30, 40};
  for (const float weight : {0.0F, 1.0F, 0.5F}) {  // 0: none
    sample.weight.assign(weight > 0 ? 4 : 0, weight);
    for (std::size_t i = 0; i < quantiles.size(); ++i) {
      EXPECT_EQ(context_at(quantiles.at(i)), plain.at(i)) << quantiles.at(i) << " of events of weight " << weight;
    }
  }
  sample.weight = {5, 0, 1, 0};
  EXPECT_EQ(context_at(0.1), 20);
  EXPECT_EQ(context_at(0.5), 40);
}

}  // namespace
}  // namespace eddy::search
