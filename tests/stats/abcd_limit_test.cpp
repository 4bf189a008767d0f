#include <eddy/base/parallel.hpp>
#include <eddy/stats/abcd_limit.hpp>
#include <eddy/stats/abcd_toys.hpp>
#include <eddy/stats/intervals.hpp>

#include <gtest/gtest.h>

#include <boost/math/distributions/poisson.hpp>
#include <cmath>

namespace eddy::stats {
namespace {

const base::RandomStream kStream({11}, "limit");
constexpr double kLevel = 0.95;

AbcdLimit asymptotic(const AbcdCounts& counts, const AbcdModel& model) {
  return asymptotic_limit(counts, model, profile_at(counts, model, 0), kLevel);
}

AbcdLimit with_toys(const AbcdCounts& counts, const AbcdModel& model, std::size_t n_toys = 2000) {
  return toy_limit(counts, model, profile_at(counts, model, 0), kLevel, kStream, n_toys);
}

TEST(AsymptoticLimit, has_cls_of_five_percent) {
  const AbcdCounts counts{90, 65000, 435, 435000};
  const AbcdModel model{1, 0.1, 0.02, 0.1, 0};
  const AbcdProfile null = profile_at(counts, model, 0);
  const AbcdLimit limit = asymptotic(counts, model);
  EXPECT_NEAR(asymptotic_cls(counts, model, null, limit.observed).observed, 0.05, 1e-6);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(asymptotic_cls(counts, model, null, limit.expected[i]).expected[i], 0.05, 1e-6);
  }
}

TEST(AsymptoticLimit, tends_to_the_gaussian_formula) {
  // Large counts, exact background b: q~ is a parabola with sigma = sqrt(b); the median is Phi^-1(1 - 0.05 / 2) sigma
  // and the bands (Phi^-1(1 - 0.05 Phi(N)) + N) sigma (Cowan et al., eq. 89 with CLs). Corrections are of order 1 /
  // sqrt(b) = 0.1 %.
  const double b = 1e6;
  const AbcdLimit limit = asymptotic({b, 1e10, 1e10, 1e14}, {});
  for (int band = -2; band <= 2; ++band) {
    const double below = to_p_value({-static_cast<double>(band)}).value;
    const double expected = (to_significance({0.05 * below}).z + band) * std::sqrt(b);
    EXPECT_NEAR(limit.expected[static_cast<std::size_t>(band + 2)] / expected, 1, 3e-3) << band;
  }
  EXPECT_NEAR(limit.observed / limit.expected[2], 1, 1e-6) << "the data are the Asimov data";
}

TEST(AsymptoticLimit, grows_with_the_closure_uncertainty_and_with_the_excess) {
  double last = 0;
  for (const double error : {0.0, 0.05, 0.1, 0.2, 0.4}) {
    const double limit = asymptotic({65, 65000, 435, 435000}, {1, error, 0, 0, 0}).observed;
    EXPECT_GT(limit, last);
    last = limit;
  }
  last = 0;
  for (const double a : {30.0, 50.0, 65.0, 80.0, 120.0}) {
    const double limit = asymptotic({a, 65000, 435, 435000}, {1, 0.1, 0, 0, 0}).observed;
    EXPECT_GT(limit, last);
    last = limit;
  }
}

TEST(AsymptoticLimit, bands_are_ordered) {
  const auto expected = asymptotic({65, 65000, 435, 435000}, {1, 0.1, 0, 0, 0}).expected;
  for (std::size_t i = 1; i < expected.size(); ++i) {
    EXPECT_GT(expected[i], expected[i - 1]);
  }
}

TEST(ToyLimit, of_nothing_seen_and_nothing_expected_is_three_events) {
  // exp(-s) = 0.05. Toys without events have the weights exp(-s) and 1 exactly, so only the interpolation of ln CLs
  // remains.
  const AbcdLimit limit = with_toys({0, 0, 50, 5000}, {});
  EXPECT_NEAR(limit.observed, -std::log(0.05), 0.01);
  for (const double expected : limit.expected) {
    EXPECT_NEAR(expected, -std::log(0.05), 0.01);
  }
}

TEST(ToyLimit, of_nothing_seen_does_not_depend_on_a_known_background) {
  // P(0 | s + b) / P(0 | b) = exp(-s) for any b: the mark of CLs.
  EXPECT_NEAR(with_toys({0, 1e8, 1e8, 1e16 / 4}, {}).observed, -std::log(0.05), 0.02);
}

/// CLs of a known background for the outcome "below n, or n with the probability share": the fluctuations of B and C,
/// however small, break ties between equal N, in the same order with and without signal.
double counting_cls(double n, double share, double s, double b) {
  const auto probability = [&](double mean) {
    const boost::math::poisson_distribution<> poisson(mean);
    return (n > 0 ? cdf(poisson, n - 1) : 0) + share * pdf(poisson, n);
  };
  return probability(s + b) / probability(b);
}

// CLs at the limit has a relative toy error of about sqrt(3 / (0.05 * 2000)) = 17 % at worst (weights up to 3).
constexpr double kClsError = 0.17;

TEST(ToyLimit, of_a_known_background_is_the_counting_limit) {
  const double b = 4;
  for (const double n : {2.0, 4.0, 9.0}) {
    const double limit = with_toys({n, 1e8, 1e8, 1e16 / b}, {}).observed;
    EXPECT_NEAR(std::log(counting_cls(n, 0.5, limit, b) / 0.05), 0, kClsError) << "n = " << n;
  }
}

TEST(ToyLimit, median_and_bands_of_a_known_background_are_those_of_counting) {
  const double b = 4;
  const boost::math::poisson_distribution<> background(b);
  const AbcdLimit limit = with_toys({4, 1e8, 1e8, 1e16 / b}, {});
  for (int band = -2; band <= 2; ++band) {
    const double level = to_p_value({-static_cast<double>(band)}).value;
    double n = 0;
    while (cdf(background, n) < level) {
      ++n;
    }
    const double share = (level - (n > 0 ? cdf(background, n - 1) : 0)) / pdf(background, n);
    const double expected = limit.expected[static_cast<std::size_t>(band + 2)];
    EXPECT_NEAR(std::log(counting_cls(n, share, expected, b) / 0.05), 0, kClsError) << band;
  }
}

TEST(ToyLimit, meets_the_asymptotic_limit_at_large_counts) {
  const AbcdCounts counts{400, 3000, 1000, 10000};
  const AbcdModel model{1, 0.05, 0.01, 0.05, 0};
  const AbcdLimit toys = with_toys(counts, model);
  const AbcdLimit formula = asymptotic(counts, model);
  // 17 % of CLs is 0.17 / (d ln CLs / ds) = 0.08 sigma of s, which is 3 % of a limit of 2.5 sigma; +-2 sigma bands rest
  // on a tail of 2 % and get 8 %.
  EXPECT_NEAR(toys.observed / formula.observed, 1, 0.04);
  EXPECT_NEAR(toys.expected[2] / formula.expected[2], 1, 0.04);
  EXPECT_NEAR(toys.expected[0] / formula.expected[0], 1, 0.08);
  EXPECT_NEAR(toys.expected[4] / formula.expected[4], 1, 0.08);
}

TEST(ToyLimit, does_not_depend_on_the_number_of_threads) {
  const AbcdLimit all = with_toys({3, 400, 40, 4000}, {1, 0.2, 0.1, 0, 0}, 300);
  const base::ThreadLimit one(1);
  const AbcdLimit alone = with_toys({3, 400, 40, 4000}, {1, 0.2, 0.1, 0, 0}, 300);
  EXPECT_EQ(all.observed, alone.observed);
  EXPECT_EQ(all.expected, alone.expected);
}

/// Fraction of experiments with `signal` whose limit is above it, that is, whose CLs of it is above 5 %.
template <class ClsOf>
double coverage(const AbcdCounts& background, double signal, const AbcdModel& model, std::size_t n,
                const ClsOf& cls_of) {
  AbcdToySource source{background, std::log(model.closure)};
  source.mean.a += signal;
  source.mean.b += model.leakage_b * signal;
  source.mean.c += model.leakage_c * signal;
  source.mean.d += model.leakage_d * signal;
  const AbcdToyMixture experiments(std::array{source}, model.closure_error, base::RandomStream({12}, "coverage"));
  double covered = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const AbcdToy toy = experiments.draw(i);
    const AbcdModel own = model_of(toy, model);
    covered += cls_of(toy.counts, own, profile_at(toy.counts, own, 0)) > 0.05 ? 1 : 0;
  }
  return covered / static_cast<double>(n);
}

double three_errors(std::size_t n) { return 3 * std::sqrt(0.05 * 0.95 / static_cast<double>(n)); }

TEST(Coverage, of_the_asymptotic_limit_is_at_least_its_level) {
  const std::size_t n = 3000;
  for (const double signal : {10.0, 40.0}) {
    const double covered = coverage({65, 65000, 435, 435000}, signal, {1, 0.1, 0.05, 0.1, 0}, n,
                                    [&](const auto& counts, const auto& model, const auto& null) {
                                      return asymptotic_cls(counts, model, null, signal).observed;
                                    });
    EXPECT_GT(covered, 0.95 - three_errors(n)) << "signal " << signal;
  }
}

TEST(Coverage, of_the_toy_limit_is_at_least_its_level) {
  const std::size_t n = 200;
  for (const double signal : {4.0, 12.0}) {
    const double covered = coverage({5, 5000, 200, 200000}, signal, {1, 0.1, 0, 0.1, 0}, n,
                                    [&](const auto& counts, const auto& model, const auto& null) {
                                      return toy_cls(counts, model, null, signal, kStream, 600).observed;
                                    });
    EXPECT_GT(covered, 0.95 - three_errors(n)) << "signal " << signal;
  }
}

}  // namespace
}  // namespace eddy::stats
