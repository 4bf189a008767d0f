#include <eddy/base/random.hpp>
#include <eddy/stats/abcd_likelihood.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::stats {
namespace {

struct Problem {
  AbcdCounts counts;
  AbcdModel model;
  double signal;
};

const std::vector<Problem>& problems() {
  static const std::vector<Problem> all{
      {{90, 65000, 435, 435000}, {}, 0},
      {{90, 65000, 435, 435000}, {1.0, 0.1, 0, 0, 0}, 25},
      {{20, 65000, 435, 435000}, {1.1, 0.05, 0, 0, 0}, 40},
      {{1200, 98000, 9000, 901000}, {1.05, 0.02, 0.3, 0.05, 0.02}, 150},
      {{7, 40, 12, 90}, {0.9, 0.3, 0.5, 0.3, 0.2}, 3},
      {{100, 10, 10, 100}, {1.0, 0.2, 0, 0, 0}, 50},
      {{5, 3, 2, 8}, {1.0, 0.3, 0.2, 0.4, 0.1}, 6},
  };
  return all;
}

AbcdNuisances away_from_the_minimum(const Problem& p) {
  return {1.3 * p.counts.b, 0.8 * p.counts.c, 1.1 * p.counts.d, 0.7};
}

TEST(HalfDeviance, gradient_is_the_central_difference) {
  for (const Problem& p : problems()) {
    const AbcdNuisances at = away_from_the_minimum(p);
    const AbcdDeviance here = half_deviance(p.counts, p.model, p.signal, at);
    const double h = 1e-5;
    const auto difference = [&](double s, const AbcdNuisances& up, const AbcdNuisances& down, double width) {
      return (half_deviance(p.counts, p.model, p.signal + s, up).value -
              half_deviance(p.counts, p.model, p.signal - s, down).value) /
             width;
    };
    const auto scaled = [&](double b, double c, double d, double pull) {
      return AbcdNuisances{at.b * std::exp(b), at.c * std::exp(c), at.d * std::exp(d), at.pull + pull};
    };
    // Truncation h^2 f''' ~ 1e-10 of the largest count, rounding ulp f / h ~ 1e-11 of it.
    const double tolerance = 1e-9 * (p.counts.a + p.counts.b + p.counts.c + p.counts.d) + 1e-8;
    EXPECT_NEAR(here.gradient[0], difference(0, scaled(h, 0, 0, 0), scaled(-h, 0, 0, 0), 2 * h), tolerance);
    EXPECT_NEAR(here.gradient[1], difference(0, scaled(0, h, 0, 0), scaled(0, -h, 0, 0), 2 * h), tolerance);
    EXPECT_NEAR(here.gradient[2], difference(0, scaled(0, 0, h, 0), scaled(0, 0, -h, 0), 2 * h), tolerance);
    EXPECT_NEAR(here.gradient[3], difference(0, scaled(0, 0, 0, h), scaled(0, 0, 0, -h), 2 * h), tolerance);
    if (p.signal > 0) {
      EXPECT_NEAR(here.slope, difference(h, at, at, 2 * h), tolerance);
    }
  }
}

TEST(HalfDeviance, is_the_poisson_likelihood_ratio) {
  const AbcdCounts n{7, 40, 12, 90};
  const AbcdModel model{0.9, 0.3, 0.5, 0.3, 0.2};
  const AbcdNuisances at{35, 14, 85, -0.4};
  const AbcdCounts mu = expected_counts(at, 3, model);
  const auto term = [](double count, double mean) { return mean - count + count * std::log(count / mean); };
  const double expected = term(n.a, mu.a) + term(n.b, mu.b) + term(n.c, mu.c) + term(n.d, mu.d) + 0.5 * 0.4 * 0.4;
  EXPECT_NEAR(half_deviance(n, model, 3, at).value, expected, 1e-12);
  EXPECT_NEAR(mu.a, 3 + 0.9 * std::exp(0.3 * -0.4) * 35 * 14 / 85, 1e-12);
  EXPECT_NEAR(mu.b, 36.5, 1e-12);
}

TEST(ProfileAt, nothing_nearby_is_better) {
  for (const Problem& p : problems()) {
    const AbcdProfile fit = profile_at(p.counts, p.model, p.signal);
    EXPECT_NEAR(half_deviance(p.counts, p.model, p.signal, fit.nuisances).value, fit.half_deviance, 1e-9);
    base::RandomStream random({3}, "nearby");
    for (int i = 0; i < 200; ++i) {
      AbcdNuisances other = fit.nuisances;
      const double reach = i % 2 == 0 ? 0.01 : 1.0;  // local and global
      other.b *= std::exp(reach * random.normal());
      other.c *= std::exp(reach * random.normal());
      other.d *= std::exp(reach * random.normal());
      other.pull += reach * random.normal();
      EXPECT_GE(half_deviance(p.counts, p.model, p.signal, other).value, fit.half_deviance - 1e-9);
    }
  }
}

TEST(ProfileAt, slope_is_the_derivative_along_the_profile) {
  for (const Problem& p : problems()) {
    if (p.signal == 0) {
      continue;
    }
    const double h = 1e-3 * p.signal;
    const double up = profile_at(p.counts, p.model, p.signal + h).half_deviance;
    const double down = profile_at(p.counts, p.model, p.signal - h).half_deviance;
    // Truncation h^2 f''' / 6 with f''' ~ 1 / signal^2: 1e-6; rounding 1e-11 / h: below 1e-8.
    EXPECT_NEAR(profile_at(p.counts, p.model, p.signal).slope, (up - down) / (2 * h), 2e-6);
  }
}

TEST(ProfileAt, background_only_shifts_the_counts_by_one_multiplier) {
  // Stationarity without signal: A - x, B + x, C + x, D - x for one x (docs/statistics.md).
  const AbcdCounts n{90, 650, 435, 4350};
  const AbcdProfile fit = profile_at(n, {1.0, 0.1, 0, 0, 0}, 0);
  const double x = n.a - fit.expected.a;
  EXPECT_NEAR(fit.expected.b - n.b, x, 1e-5);
  EXPECT_NEAR(fit.expected.c - n.c, x, 1e-5);
  EXPECT_NEAR(n.d - fit.expected.d, x, 1e-5);
  EXPECT_NEAR(fit.nuisances.pull, 0.1 * x, 1e-6);
}

/// Counts from 0 to 3000, leakage up to 1, closure uncertainty up to 0.5, or none: whatever a toy may look like.
Problem random_problem(base::RandomStream& random) {
  const auto count = [&] { return std::floor(std::exp(10 * random.uniform() - 2)); };
  const auto leakage = [&] { return random.uniform() < 0.5 ? 0 : random.uniform(); };
  Problem p{{count(), count(), count(), count()}, {1, 0, leakage(), leakage(), leakage()}, 0};
  p.model.closure = std::exp(0.3 * random.normal());
  p.model.closure_error = random.uniform() < 0.3 ? 0 : 0.5 * random.uniform();
  p.signal = random.uniform() < 0.3 ? 0 : 2 * random.uniform() * (p.counts.a + 3);
  return p;
}

/// A signal event raises the prediction by less than half an event. With more leakage a second, large signal may fit as
/// well as the first (docs/statistics.md), and from 1 on fit_abcd refuses.
bool is_sensitive(const Problem& p) {
  const AbcdModel& m = p.model;
  const double raised = m.closure * (m.leakage_b * p.counts.c + m.leakage_c * p.counts.b);
  return raised < 0.5 * (p.counts.d + m.leakage_d * p.counts.a);
}

TEST(ProfileAt, converges_for_any_counts_and_is_never_below_the_best_fit) {
  base::RandomStream random({17}, "any counts");
  for (int i = 0; i < 20000; ++i) {
    const Problem p = random_problem(random);
    const AbcdProfile fit = profile_at(p.counts, p.model, p.signal);
    ASSERT_TRUE(std::isfinite(fit.half_deviance)) << describe(p.counts);
    ASSERT_TRUE(std::isfinite(signed_root(p.counts, p.model))) << describe(p.counts);
    if (is_sensitive(p)) {
      const AbcdBestFit best = bounded_best_fit(p.counts, p.model);
      ASSERT_GE(fit.half_deviance, best.half_deviance - 1e-9)
          << describe(p.counts) << " signal " << p.signal << " model " << p.model.closure << " "
          << p.model.closure_error << " " << p.model.leakage_b << " " << p.model.leakage_c << " " << p.model.leakage_d
          << " best " << best.signal;
    }
  }
}

TEST(SaturatedSignal, reproduces_all_counts) {
  base::RandomStream random({18}, "saturated");
  int found = 0;
  for (int i = 0; i < 5000; ++i) {
    const Problem p = random_problem(random);
    const auto signal = saturated_signal(p.counts, p.model);
    if (!signal || p.counts.d == 0) {
      continue;
    }
    ++found;
    const AbcdModel& m = p.model;
    const AbcdNuisances at{p.counts.b - m.leakage_b * *signal, p.counts.c - m.leakage_c * *signal,
                           p.counts.d - m.leakage_d * *signal, 0};
    // The root is conditioned by the largest product of counts; 1e-9 of the scale of A and its background.
    const double scale = 1 + p.counts.a + std::abs(*signal) + background_in_a(at, m);
    EXPECT_NEAR(expected_counts(at, *signal, m).a, p.counts.a, 1e-9 * scale) << describe(p.counts);
  }
  EXPECT_GT(found, 1500);
}

TEST(SaturatedSignal, is_what_the_prediction_leaves_without_leakage) {
  EXPECT_NEAR(*saturated_signal({90, 65000, 435, 435000}, {}), 25, 1e-12);
  EXPECT_NEAR(*saturated_signal({50, 65000, 435, 435000}, {}), -15, 1e-12);
}

TEST(BoundedBestFit, finds_the_maximum_when_a_region_is_empty) {
  // C = 0 and leakage into C: b and d are free, c = 0, and A = 5, C = 0 share one signal: 5 ln s - s (1 + l_c), s = 5
  // / 1.5.
  const AbcdBestFit best = bounded_best_fit({5, 100, 0, 1000}, {1, 0, 0, 0.5, 0});
  EXPECT_NEAR(best.signal, 5 / 1.5, 1e-5);  // root of the error 1e-12 of the deviance
}

TEST(SignedRoot, tends_to_the_counting_formula_when_the_background_is_known) {
  for (const double n : {12.0, 10.0, 25.0, 4.0, 0.0}) {
    const double b = 10;
    const double q = 2 * ((n > 0 ? n * std::log(n / b) : 0) - (n - b));
    const double expected = n > b ? std::sqrt(q) : -std::sqrt(q);
    // B = C = 1e11: relative error of the background 4.5e-6, of order its square times b in q.
    EXPECT_NEAR(signed_root({n, 1e11, 1e11, 1e21}, {}), expected, 1e-4) << "n = " << n;
  }
}

/// Li and Ma (1983), eq. 17, with the sign of the excess.
double li_ma(double on, double off, double alpha) {
  const double total = on + off;
  const double q = 2 * (on * std::log((1 + alpha) / alpha * on / total) + off * std::log((1 + alpha) * off / total));
  return std::copysign(std::sqrt(q), on - alpha * off);
}

TEST(SignedRoot, tends_to_li_and_ma_when_the_transfer_factor_is_known) {
  for (const double alpha : {0.1, 0.5, 2.0}) {
    for (const double on : {3.0, 12.0, 40.0, 150.0}) {
      for (const double off : {7.0, 60.0}) {
        EXPECT_NEAR(signed_root({on, alpha * 1e12, off, 1e12}, {}), li_ma(on, off, alpha), 1e-3) << on << " " << off;
      }
    }
  }
}

TEST(SignedRoot, shrinks_with_the_closure_uncertainty_and_keeps_its_sign) {
  for (const double a : {90.0, 50.0}) {
    double last = 1e9;
    for (const double error : {0.0, 0.05, 0.1, 0.3}) {
      const double root = signed_root({a, 65000, 435, 435000}, {1, error, 0, 0, 0});
      EXPECT_EQ(root > 0, a > 65);
      EXPECT_LT(std::abs(root), last);
      last = std::abs(root);
    }
  }
}

}  // namespace
}  // namespace eddy::stats
