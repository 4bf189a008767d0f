#include <eddy/search/resonant/context_density.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace eddy::search {
namespace {

constexpr stats::MassWindow kWindow = {3.3, 3.7};
const base::RandomStream kStream({5}, "context density");

/// 40 contexts in two clusters, one of them at the lower border, where kernels reach outside.
std::vector<float> clustered_contexts() {
  std::vector<float> contexts;
  for (int i = 0; i < 20; ++i) {
    contexts.push_back(3.301F + 0.001F * static_cast<float>(i));
    contexts.push_back(3.5F + 0.002F * static_cast<float>(i));
  }
  return contexts;
}

double normal_cdf(double t) { return 0.5 * std::erfc(-t / std::numbers::sqrt2); }

/// P(m' <= m) of the reflected kernel estimate: each kernel and its two mirror images, from the lower border on.
double kernel_cdf(const std::vector<float>& contexts, double bandwidth, double m) {
  double sum = 0;
  for (const double c : contexts) {
    for (const double centre : {c, 2 * kWindow.low - c, 2 * kWindow.high - c}) {
      sum += normal_cdf((m - centre) / bandwidth) - normal_cdf((kWindow.low - centre) / bandwidth);
    }
  }
  return sum / static_cast<double>(contexts.size());
}

std::vector<float> sorted_samples(std::span<const float> contexts, double bandwidth, std::size_t n) {
  const base::Matrix sampled = sample_context(contexts, kWindow, bandwidth, n, kStream);
  std::vector<float> masses(sampled.values().begin(), sampled.values().end());
  std::ranges::sort(masses);
  return masses;
}

TEST(SampleContext, follows_the_reflected_kernel_density) {
  constexpr std::size_t kSamples = 20000;
  const std::vector<float> contexts = clustered_contexts();
  for (const double bandwidth : {0.005, 0.02, 0.06}) {  // at 0.06, second reflections are beyond six sigma
    const std::vector<float> masses = sorted_samples(contexts, bandwidth, kSamples);
    double distance = 0;
    for (std::size_t i = 0; i < kSamples; ++i) {
      const double expected = kernel_cdf(contexts, bandwidth, masses[i]);
      distance = std::max(distance, std::abs(static_cast<double>(i + 1) / kSamples - expected));
    }
    // Kolmogorov: exceeded with probability 2 exp(-2 * 1.95^2) = 1e-3; one step of the empirical distribution more.
    EXPECT_LT(distance, 1.95 / std::sqrt(kSamples) + 1.0 / kSamples) << "bandwidth " << bandwidth;
  }
}

TEST(SampleContext, stays_in_the_window_whatever_the_bandwidth) {
  for (const double bandwidth : {0.001, 0.1, 0.5, 10.0}) {
    const std::vector<float> masses = sorted_samples(clustered_contexts(), bandwidth, 2000);
    EXPECT_GE(masses.front(), static_cast<float>(kWindow.low)) << bandwidth;  // the border itself, rounded to float
    EXPECT_LE(masses.back(), static_cast<float>(kWindow.high)) << bandwidth;
  }
}

TEST(SampleContext, row_depends_on_stream_and_row_alone) {
  const std::vector<float> contexts = clustered_contexts();
  const base::Matrix few = sample_context(contexts, kWindow, 0, 10, kStream);
  const base::Matrix many = sample_context(contexts, kWindow, 0, 1000, kStream.starting_at(123));
  ASSERT_EQ(many.rows(), 1000U);
  ASSERT_EQ(many.cols(), 1U);
  EXPECT_TRUE(std::ranges::equal(few.values(), many.values().first(10)));
  const base::Matrix others = sample_context(contexts, kWindow, 0, 1000, base::RandomStream({6}, "context density"));
  std::size_t n_same = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    n_same += many(i, 0) == others(i, 0) ? 1 : 0;
  }
  EXPECT_LT(n_same, 10U);  // 1000 pairs of floats 2e-7 apart in a range of 0.4: a coincidence of one is rare
}

TEST(SampleContext, scott_s_rule_without_a_bandwidth) {
  const std::vector<float> contexts = clustered_contexts();
  const double n = static_cast<double>(contexts.size());
  const double mean = std::accumulate(contexts.begin(), contexts.end(), 0.0) / n;
  double variance = 0;
  for (const double c : contexts) {
    variance += (c - mean) * (c - mean) / n;
  }
  const double scott = std::sqrt(variance) * std::pow(n, -0.2);
  const std::vector<float> by_rule = sorted_samples(contexts, 0, 500);
  const std::vector<float> by_hand = sorted_samples(contexts, scott, 500);
  for (std::size_t i = 0; i < 500; ++i) {
    ASSERT_NEAR(by_rule[i], by_hand[i], 5e-7) << i;  // two roundings to float near 3.5
  }
}

TEST(SampleContext, one_context_gives_a_kernel_of_the_bandwidth) {
  constexpr std::size_t kSamples = 10000;
  const std::vector<float> one = {3.5F};
  const std::vector<float> masses = sorted_samples(one, 0.02, kSamples);
  const double mean = std::accumulate(masses.begin(), masses.end(), 0.0) / kSamples;
  double variance = 0;
  for (const double m : masses) {
    variance += (m - mean) * (m - mean) / kSamples;
  }
  EXPECT_NEAR(mean, 3.5, 4 * 0.02 / std::sqrt(kSamples));
  EXPECT_NEAR(std::sqrt(variance), 0.02, 4 * 0.02 / std::sqrt(2.0 * kSamples));
  EXPECT_EQ(sorted_samples(one, 0, 3), std::vector<float>(3, 3.5F));  // no spread: Scott's rule gives no width
}

TEST(SampleContext, of_no_events) {
  EXPECT_EQ(sample_context(clustered_contexts(), kWindow, 0, 0, kStream).rows(), 0U);
}

}  // namespace
}  // namespace eddy::search
