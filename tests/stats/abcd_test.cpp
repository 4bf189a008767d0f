#include <eddy/base/error.hpp>
#include <eddy/stats/abcd.hpp>
#include <eddy/stats/abcd_toys.hpp>
#include <eddy/stats/intervals.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>
#include <vector>

namespace eddy::stats {
namespace {

const base::RandomStream kStream({21}, "abcd");
constexpr AbcdCounts kSearch{65, 65000, 435, 435000};

TEST(PredictAbcd, is_the_papers_equation_with_propagated_errors) {
  const AbcdPrediction prediction = predict_abcd({12, 65000, 435, 435000});
  EXPECT_NEAR(prediction.predicted, 65, 1e-12);
  EXPECT_NEAR(prediction.error, 65 * std::sqrt(1 / 65000.0 + 1 / 435.0 + 1 / 435000.0), 1e-12);
}

TEST(PredictAbcd, error_is_the_spread_of_toys) {
  const AbcdToyMixture toys(std::array{AbcdToySource{kSearch, 0}}, 0, kStream);
  const std::size_t n = 20000;
  double sum = 0;
  double sum_squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double shift = predict_abcd(toys.draw(i).counts).predicted - 65;
    sum += shift;
    sum_squares += shift * shift;
  }
  const double spread = std::sqrt(sum_squares / n - sum * sum / n / n);
  // Standard error of a standard deviation: 1 / sqrt(2 n) = 0.5 %, four of them; second order of the propagation 1 /
  // 435.
  EXPECT_NEAR(spread / predict_abcd(kSearch).error, 1, 4 / std::sqrt(2.0 * n) + 1 / 435.0);
}

TEST(PredictAbcd, error_of_empty_regions_is_not_zero) {
  const double high = garwood(0).high;
  const AbcdPrediction empty_b = predict_abcd({1, 0, 20, 100});
  EXPECT_EQ(empty_b.predicted, 0);
  EXPECT_NEAR(empty_b.error, high * 20 / 100 * std::sqrt(1 + 1.0 / 20 + 1.0 / 100), 1e-12);
  EXPECT_NEAR(predict_abcd({1, 50, 0, 100}).error, high * 50 / 100 * std::sqrt(1 + 1.0 / 50 + 1.0 / 100), 1e-12);
  EXPECT_NEAR(predict_abcd({1, 0, 0, 100}).error, high * high / 100 * std::sqrt(2 + 1.0 / 100), 1e-12);
}

TEST(PredictAbcd, rejects_what_it_cannot_use) {
  test::expect_throws_with<base::NumericError>(
      [] {
        (void)predict_abcd({3, 20, 7, 0});
      },
      "A = 3, B = 20, C = 7, D = 0", "region D is empty", "loosen");
  test::expect_throws_with<base::InputError>(
      [] {
        (void)predict_abcd({3, -20, 7, 5});
      },
      "region B", "-20", "check where");
  test::expect_throws_with<base::InputError>([] { (void)predict_abcd({3, 20, std::nan(""), 5}); }, "region C", "nan");
  test::expect_throws_with<base::InputError>([] { (void)predict_abcd({3, 20, 5, INFINITY}); }, "region D", "inf");
}

TEST(SOverSqrtB, is_the_papers_figure_of_merit) {
  EXPECT_NEAR(s_over_sqrt_b(90, 64), 26.0 / 8, 1e-14);
  EXPECT_NEAR(s_over_sqrt_b(50, 64), -14.0 / 8, 1e-14);
  EXPECT_EQ(s_over_sqrt_b(3, 0), 0);
  test::expect_throws_with<base::InputError>([] { (void)s_over_sqrt_b(3, -1); }, "-1", "predicted background");
}

/// Counts and model, then s, its error, background at s = 0, signed root, observed and median asymptotic limit.
struct Reference {
  AbcdCounts counts;
  AbcdModel model;
  double signal, signal_error, null_background, root, limit, median;
};

// Output of reference_abcd.py (Minuit 2 through iminuit 2.11, SciPy), in this order.
const std::vector<Reference>& references() {
  static const std::vector<Reference> all{
      {{90, 65000, 435, 435000}, {1.0, 0.1, 0.0, 0.0, 0.0}, 25.00000, 11.91773, 76.61451, 2.100408, 45.0288, 23.9121},
      {{50, 65000, 435, 435000}, {1.0, 0.05, 0.0, 0.0, 0.0}, -15.00000, 8.38737, 61.48128, -1.712291, 10.7448, 18.4649},
      {{1200, 98000, 9000, 901000},
       {1.05, 0.02, 0.3, 0.05, 0.02},
       173.67578,
       42.20940,
       1089.09050,
       4.164704,
       243.5147,
       82.1925},
      {{60, 400, 300, 4000}, {0.95, 0.2, 0.5, 0.1, 0.05}, 32.96343, 10.13612, 48.45762, 2.945519, 49.7272, 24.0949},
      {{40, 120, 25, 110}, {1.0, 0.3, 0.2, 0.3, 0.1}, 19.38397, 16.20564, 37.76654, 0.924084, 42.7692, 35.5155},
  };
  return all;
}

TEST(FitAbcd, agrees_with_minuit) {
  for (const Reference& r : references()) {
    const AbcdFit fit = fit_abcd(r.counts, r.model, kStream);
    ASSERT_FALSE(fit.from_toys);
    EXPECT_NEAR(fit.signal / r.signal, 1, 1e-3);
    EXPECT_NEAR(fit.signal_error / r.signal_error, 1, 1e-3);
    EXPECT_NEAR(fit.null_background / r.null_background, 1, 1e-3);
    EXPECT_NEAR(fit.z, r.root, 1e-4);
    EXPECT_NEAR(fit.q0, r.root > 0 ? r.root * r.root : 0, 1e-4);
    EXPECT_NEAR(fit.upper_limit / r.limit, 1, 1e-3);
    EXPECT_NEAR(fit.expected_limit[2] / r.median, 1, 1e-3);
  }
}

TEST(FitAbcd, asimov_data_with_leakage_return_the_signal) {
  const AbcdModel model{1.1, 0.1, 0.4, 0.2, 0.1};
  const AbcdNuisances truth{6000, 400, 40000, 0};
  for (const double signal : {0.0, 5.0, 60.0, 150.0}) {
    const AbcdFit fit = fit_abcd(expected_counts(truth, signal, model), model, kStream);
    EXPECT_NEAR(fit.signal, signal, 1e-9);
    EXPECT_NEAR(fit.background, 66, 1e-9);
    if (signal > 0) {
      // Left out of the model, the leaked events raise the prediction and hide part of the signal.
      const AbcdFit blind = fit_abcd(expected_counts(truth, signal, model), {1.1, 0.1, 0, 0, 0}, kStream);
      EXPECT_LT(blind.signal, signal);
      EXPECT_LT(blind.z, fit.z + 1e-9);
    }
  }
}

TEST(FitAbcd, error_is_the_inverse_curvature_of_the_profile) {
  const AbcdCounts counts{150, 6010, 420, 40005};
  const AbcdModel model{1.1, 0.1, 0.4, 0.2, 0.1};
  const AbcdFit fit = fit_abcd(counts, model, kStream);
  const double h = 0.02 * fit.signal_error;
  const double curvature =
      (profile_at(counts, model, fit.signal + h).slope - profile_at(counts, model, fit.signal - h).slope) / (2 * h);
  EXPECT_NEAR(fit.signal_error * std::sqrt(curvature), 1, 1e-3);  // fourth derivative times h^2: 4e-4
}

TEST(FitAbcd, background_and_error_are_the_prediction_without_leakage) {
  const AbcdFit fit = fit_abcd({90, 65000, 435, 435000}, {}, kStream);
  const AbcdPrediction prediction = predict_abcd({90, 65000, 435, 435000});
  EXPECT_NEAR(fit.background, prediction.predicted, 1e-9);
  EXPECT_NEAR(fit.background_error, prediction.error, 1e-9);
  EXPECT_NEAR(fit.signal_error, std::hypot(std::sqrt(90), prediction.error), 1e-9);
}

TEST(FitAbcd, signal_of_toys_is_unbiased_and_its_pulls_have_unit_width) {
  const AbcdModel model{1, 0.05, 0.3, 0.1, 0.05};
  const double signal = 60;
  const AbcdCounts mean = expected_counts({6000, 400, 40000, 0}, signal, model);
  const AbcdToyMixture toys(std::array{AbcdToySource{mean, 0}}, model.closure_error, kStream);
  const int n = 2000;
  double sum = 0;
  double sum_squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const AbcdToy toy = toys.draw(i);
    const AbcdFit fit = fit_abcd(toy.counts, model_of(toy, model), kStream);
    const double pull = (fit.signal - signal) / fit.signal_error;
    sum += pull;
    sum_squares += pull * pull;
  }
  // Four standard errors, 4 / sqrt(n) and 4 / sqrt(2 n), plus the skewness of a Poisson number of 120 in the error: 1
  // / 22.
  EXPECT_NEAR(sum / n, 0, 4 / std::sqrt(n) + 1 / 22.0);
  EXPECT_NEAR(std::sqrt(sum_squares / n), 1, 4 / std::sqrt(2.0 * n) + 0.01);
}

TEST(FitAbcd, a_deficit_has_a_negative_signal_and_a_p_value_above_one_half) {
  const AbcdFit fit = fit_abcd({50, 65000, 435, 435000}, {}, kStream);
  EXPECT_NEAR(fit.signal, -15, 1e-9);
  EXPECT_EQ(fit.q0, 0);
  EXPECT_GT(fit.p_value, 0.5);
  EXPECT_LT(fit.z, 0);
  EXPECT_NEAR(to_significance({fit.p_value}).z, fit.z, 1e-12);
  EXPECT_LT(fit.upper_limit, fit.expected_limit[2]);
}

TEST(FitAbcd, few_events_are_judged_by_toys_and_many_are_not) {
  EXPECT_TRUE(fit_abcd({5, 5000, 200, 200000}, {}, kStream, {10, 1000, 200, 0.95}).from_toys);
  EXPECT_TRUE(fit_abcd({12, 5000, 9, 2000}, {}, kStream, {10, 1000, 200, 0.95}).from_toys);
  EXPECT_FALSE(fit_abcd({65, 65000, 435, 435000}, {}, kStream).from_toys);
  EXPECT_FALSE(fit_abcd({5, 5000, 200, 200000}, {}, kStream, {0, 1000, 200, 0.95}).from_toys);
}

TEST(FitAbcd, toys_do_not_cap_the_significance) {
  const AbcdFit fit = fit_abcd({60, 5000, 200, 200000}, {1, 0.1, 0, 0, 0}, kStream, {100, 20000, 200, 0.95});
  ASSERT_TRUE(fit.from_toys);
  EXPECT_FALSE(fit.p_value_extrapolated);
  EXPECT_GT(fit.z, 8);
  EXPECT_LT(fit.p_value_error, 0.2 * fit.p_value);
  EXPECT_NEAR(fit.z, to_significance({fit.p_value_asymptotic}).z, 0.1);
}

TEST(FitAbcd, a_p_value_beyond_the_toys_says_so) {
  const AbcdFit fit = fit_abcd({900, 5000, 200, 200000}, {}, kStream, {1000, 1000, 200, 0.95});
  EXPECT_TRUE(fit.p_value_extrapolated);
  EXPECT_EQ(fit.p_value, fit.p_value_asymptotic);
  EXPECT_EQ(fit.p_value_error, 0);
  EXPECT_GT(fit.z, 38);
}

TEST(FitAbcd, empty_regions_have_finite_results) {
  const AbcdModel model{1, 0.1, 0.05, 0.1, 0.01};
  for (const AbcdCounts& counts : {AbcdCounts{0, 500, 20, 2000}, AbcdCounts{4, 0, 20, 2000},
                                   AbcdCounts{4, 500, 0, 2000}, AbcdCounts{0, 0, 20, 2000}, AbcdCounts{0, 500, 0, 2000},
                                   AbcdCounts{0, 0, 0, 20}, AbcdCounts{4, 0, 0, 20}, AbcdCounts{1, 1, 1, 1}}) {
    const AbcdFit fit = fit_abcd(counts, model, kStream, {10, 1000, 200, 0.95});
    SCOPED_TRACE(describe(counts));
    EXPECT_TRUE(fit.from_toys);
    EXPECT_LE(fit.signal, counts.a);
    EXPECT_TRUE(std::isfinite(fit.signal_error) && fit.signal_error > 0);
    EXPECT_TRUE(std::isfinite(fit.background_error) && fit.background_error > 0);
    EXPECT_TRUE(fit.p_value > 0 && fit.p_value <= 1);
    EXPECT_GT(fit.upper_limit, fit.signal);
    EXPECT_TRUE(std::isfinite(fit.upper_limit));
    if (counts.a == 0 ||
        counts.b * counts.c > 0) {  // else the two hypotheses disagree about B or C: docs/statistics.md
      EXPECT_LE(fit.expected_limit[0], fit.expected_limit[4]);
    }
  }
}

TEST(FitAbcd, nothing_seen_excludes_three_events) {
  EXPECT_NEAR(fit_abcd({0, 0, 50, 5000}, {}, kStream).upper_limit, -std::log(0.05), 0.01);
}

// Z was -3.89, set by the number of toys: as if nothing were less than nothing.
TEST(FitAbcd, nothing_seen_where_nothing_is_expected_is_no_deficit) {
  for (const AbcdCounts& counts : {AbcdCounts{0, 500, 0, 2000}, AbcdCounts{0, 0, 20, 2000}, AbcdCounts{0, 0, 0, 20}}) {
    for (const double closure_error : {0.0, 0.1, 1.0}) {
      const AbcdFit fit = fit_abcd(counts, {1, closure_error, 0, 0, 0}, kStream, {10, 20000, 2000, 0.95});
      SCOPED_TRACE(describe(counts));
      EXPECT_TRUE(nothing_to_test(fit));
      EXPECT_EQ(fit.p_value, 1);  // P(n >= 0)
      EXPECT_FALSE(std::isfinite(fit.z));
      EXPECT_EQ(fit.q0, 0);
      EXPECT_NEAR(fit.upper_limit, -std::log(0.05), 0.05);
    }
  }
}

TEST(FitAbcd, what_is_seen_or_expected_can_be_tested) {
  for (const AbcdCounts& counts :
       {AbcdCounts{0, 500, 1, 2000}, AbcdCounts{1, 500, 0, 2000}, AbcdCounts{3, 0, 20, 2000}}) {
    const AbcdFit fit = fit_abcd(counts, {}, kStream, {10, 20000, 200, 0.95});
    SCOPED_TRACE(describe(counts));
    EXPECT_FALSE(nothing_to_test(fit));
    EXPECT_TRUE(std::isfinite(fit.z));
    EXPECT_GT(fit.z, -2) << "a quarter of an event is expected at most";
  }
}

TEST(FitAbcd, is_the_same_in_every_run) {
  const AbcdFit one = fit_abcd({5, 5000, 200, 200000}, {1, 0.1, 0, 0, 0}, kStream, {10, 1000, 200, 0.95});
  const AbcdFit two = fit_abcd({5, 5000, 200, 200000}, {1, 0.1, 0, 0, 0}, kStream, {10, 1000, 200, 0.95});
  EXPECT_EQ(one.p_value, two.p_value);
  EXPECT_EQ(one.upper_limit, two.upper_limit);
}

TEST(FitAbcd, rejects_what_it_cannot_use) {
  const auto fit = [](const AbcdCounts& counts, const AbcdModel& model, const AbcdFitOptions& options = {}) {
    return [=] { (void)fit_abcd(counts, model, kStream, options); };
  };
  test::expect_throws_with<base::NumericError>(fit({3, 20, 7, 0}, {}), "A = 3, B = 20, C = 7, D = 0",
                                               "region D is empty");
  test::expect_throws_with<base::InputError>(fit({-3, 20, 7, 5}, {}), "region A", "-3");
  test::expect_throws_with<base::InputError>(fit(kSearch, {0, 0, 0, 0, 0}), "closure factor", "is 0", "write 1");
  test::expect_throws_with<base::InputError>(fit(kSearch, {1, -0.1, 0, 0, 0}), "closure uncertainty", "-0.1");
  test::expect_throws_with<base::InputError>(fit(kSearch, {1, 0, std::nan(""), 0, 0}), "leakage into region B", "nan");
  test::expect_throws_with<base::InputError>(fit(kSearch, {1, 0, 0, -1, 0}), "leakage into region C", "-1");
  test::expect_throws_with<base::InputError>(fit(kSearch, {}, {10, 50, 2000, 0.95}), "50", "raise them");
  test::expect_throws_with<base::InputError>(fit(kSearch, {}, {10, 20000, 2000, 95}), "95", "write 0.95");
}

TEST(FitAbcd, refuses_leakage_that_hides_the_signal) {
  // Each event in A comes with 8 in C, and C / D is such that the prediction rises by 8 * 65000 / 435000 = 1.2 events.
  test::expect_throws_with<base::NumericError>(
      [] {
        (void)fit_abcd(kSearch, {1, 0, 0, 8, 0}, kStream);
      },
      "A = 65", "no sensitivity", "1.19", "less leakage");
}

TEST(PredictAbcd, of_weighted_events_has_the_error_of_their_effective_numbers) {
  // Every event counts 3: the sums are three times the counts, the relative errors those of the counts.
  const AbcdCounts counts{90, 1000, 400, 4000};
  const AbcdPrediction plain = predict_abcd(counts);
  const AbcdPrediction weighted = predict_abcd({270, 3000, 1200, 12000}, {9 * 90, 9 * 1000, 9 * 400, 9 * 4000});
  EXPECT_NEAR(weighted.predicted, 3 * plain.predicted, 1e-9);
  EXPECT_NEAR(weighted.error, 3 * plain.error, 1e-9);
  // An empty B stands for at most 1.84 events, each of which counts 3.
  const AbcdPrediction none = predict_abcd({270, 0, 1200, 12000}, {9 * 90, 0, 9 * 400, 9 * 4000});
  EXPECT_EQ(none.predicted, 0);
  EXPECT_NEAR(none.error, 3 * predict_abcd({90, 0, 400, 4000}).error, 1e-9);
}

}  // namespace
}  // namespace eddy::stats
