#include <eddy/base/parallel.hpp>
#include <eddy/stats/abcd_discovery.hpp>
#include <eddy/stats/abcd_toys.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>
#include <vector>

namespace eddy::stats {
namespace {

const base::RandomStream kStream({8}, "discovery");

ToyPValue p_of(const AbcdCounts& counts, const AbcdModel& model, std::size_t n_toys = 20000) {
  return toy_p_value(counts, model, profile_at(counts, model, 0), kStream, n_toys);
}

/// P(N >= n) for a known background.
double counting_p(double n, double mean) { return cdf(complement(boost::math::poisson_distribution<>(mean), n - 1)); }

TEST(ToyPValue, is_the_poisson_tail_when_the_background_is_known) {
  // B = C = 1e11 and D = 1e22 / b: roots for equal N differ by 4.5e-6 sqrt(b) = 8e-6, which counts as a tie.
  const double b = 3.2;
  for (const double n : {1.0, 3.0, 4.0, 8.0, 15.0, 30.0, 100.0}) {
    const ToyPValue toys = p_of({n, 1e11, 1e11, 1e22 / b}, {});
    const double exact = counting_p(n, b);
    EXPECT_NEAR(toys.p.value, exact, 4 * toys.error) << "n = " << n;
    EXPECT_LT(toys.error, 0.1 * exact) << "n = " << n << ": the importance sampling resolves every tail";
  }
}

TEST(ToyPValue, of_an_on_off_measurement_is_the_sum_over_both_counts) {
  // D and alpha D huge: two Poisson numbers, on with mean alpha m and off with mean m. Their p-value by direct
  // summation over all pairs whose signed root reaches the observation, at m of the background-only fit.
  const double alpha = 0.2;
  const AbcdCounts counts{11, alpha * 1e10, 14, 1e10};
  const double off_mean = profile_at(counts, {}, 0).expected.c;
  const double observed = signed_root(counts, {});
  const boost::math::poisson_distribution<> on(alpha * off_mean);
  const boost::math::poisson_distribution<> off(off_mean);
  double exact = 0;
  for (int i = 0; i < 80; ++i) {
    for (int j = 0; j < 100; ++j) {
      const AbcdCounts other{static_cast<double>(i), counts.b, static_cast<double>(j), counts.d};
      exact += signed_root(other, {}) >= observed - 1e-6 ? pdf(on, i) * pdf(off, j) : 0;
    }
  }
  const ToyPValue toys = p_of(counts, {}, 40000);
  EXPECT_NEAR(toys.p.value, exact, 4 * toys.error);
  EXPECT_LT(toys.error, 0.05 * exact);
}

TEST(ToyPValue, agrees_with_plain_toys_from_the_null) {
  const AbcdCounts counts{9, 400, 40, 4000};
  const AbcdModel model{1, 0.2, 0.1, 0.05, 0.02};
  const AbcdProfile null = profile_at(counts, model, 0);
  const double observed = signed_root(counts, model);
  const AbcdToyMixture plain(std::array{source_of(null, model)}, model.closure_error, base::RandomStream({9}, "plain"));
  const std::size_t n = 20000;
  double reached = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const AbcdToy toy = plain.draw(i);
    reached += signed_root(toy.counts, model_of(toy, model)) >= observed - 1e-6 ? 1 : 0;
  }
  const double p = reached / n;
  const ToyPValue toys = p_of(counts, model);
  EXPECT_NEAR(toys.p.value, p, 4 * std::hypot(toys.error, std::sqrt(p * (1 - p) / n)));
}

TEST(ToyPValue, meets_the_asymptotic_value_at_large_counts) {
  const AbcdCounts counts{400, 3000, 1000, 10000};
  const double asymptotic = to_p_value({signed_root(counts, {1, 0.05, 0, 0, 0})}).value;
  const ToyPValue toys = p_of(counts, {1, 0.05, 0, 0, 0});
  // The signed root of counts of order 300 is normal up to a shift of order 1 / (6 sqrt(300)) = 0.01 in z: 5 % of p at
  // z = 3.
  EXPECT_NEAR(toys.p.value / asymptotic, 1, 0.08 + 4 * toys.error / toys.p.value);
}

TEST(ToyPValue, does_not_depend_on_the_number_of_threads) {
  const AbcdCounts counts{9, 400, 40, 4000};
  const ToyPValue all = p_of(counts, {1, 0.2, 0, 0, 0}, 3000);
  const base::ThreadLimit one(1);
  EXPECT_EQ(p_of(counts, {1, 0.2, 0, 0, 0}, 3000).p.value, all.p.value);
}

/// p-values of experiments without signal, in rising order.
template <class PValueOf>
std::vector<double> null_p_values(const AbcdCounts& mean, double closure_error, std::size_t n,
                                  const PValueOf& p_value_of) {
  const AbcdToyMixture experiments(std::array{AbcdToySource{mean, 0}}, closure_error, base::RandomStream({10}, "null"));
  std::vector<double> p;
  for (std::size_t i = 0; i < n; ++i) {
    const AbcdToy toy = experiments.draw(i);
    p.push_back(p_value_of(toy.counts, model_of(toy, {1, closure_error, 0, 0, 0})));
  }
  std::ranges::sort(p);
  return p;
}

double largest_excess_over_uniform(const std::vector<double>& sorted) {
  double largest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    largest = std::max(largest, static_cast<double>(i + 1) / static_cast<double>(sorted.size()) - sorted[i]);
  }
  return largest;
}

double largest_deficit_to_uniform(const std::vector<double>& sorted) {
  double largest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    largest = std::max(largest, sorted[i] - static_cast<double>(i) / static_cast<double>(sorted.size()));
  }
  return largest;
}

TEST(NullPValues, are_uniform_at_the_counts_of_a_search) {
  const std::size_t n = 4000;
  for (const double closure_error : {0.0, 0.1}) {
    const auto p = null_p_values({65, 65000, 435, 435000}, closure_error, n, [](const auto& counts, const auto& model) {
      return to_p_value({signed_root(counts, model)}).value;
    });
    // Kolmogorov: 1.63 / sqrt(n) at 1 %; the signed root of a Poisson number is off by 1 / (6 sqrt(65)) = 0.02 in z,
    // that is by 0.4 * 0.02 = 0.008 in p.
    const double tolerance = 1.63 / std::sqrt(static_cast<double>(n)) + 0.008;
    EXPECT_LT(largest_excess_over_uniform(p), tolerance) << closure_error;
    EXPECT_LT(largest_deficit_to_uniform(p), tolerance) << closure_error;
  }
}

TEST(NullPValues, are_valid_at_few_events_and_conservative_by_one_count_at_most) {
  const std::size_t n = 400;
  const auto p = null_p_values({5, 5000, 200, 200000}, 0.1, n, [](const auto& counts, const auto& model) {
    return toy_p_value(counts, model, profile_at(counts, model, 0), kStream, 600).p.value;
  });
  // Kolmogorov at 1 %, one-sided sqrt(-ln(0.01) / 2n), plus twice the toy error at p = 1/2, 0.5 / sqrt(600) and the
  // plug-in of nuisances (5 % of p).
  const double tolerance = std::sqrt(-std::log(0.01) / (2.0 * n)) + 0.02;
  EXPECT_LT(largest_excess_over_uniform(p), tolerance);
  // p includes the probability of the observed count itself, at most 0.1755 for a mean of 5.
  EXPECT_LT(largest_deficit_to_uniform(p), 0.1755 + tolerance);
}

}  // namespace
}  // namespace eddy::stats
