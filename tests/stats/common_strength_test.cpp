#include <eddy/base/error.hpp>
#include <eddy/stats/bump_signal.hpp>
#include <eddy/stats/common_strength.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

/// Spectra with their null fits, at places that do not move.
class Spectra {
 public:
  void add(const MassHistogram& histogram, const BackgroundShape& shape, std::vector<double> signal, double share) {
    problems_.push_back(
        make_problem(histogram, shape, std::move(signal), {}, std::vector<bool>(histogram.n_bins(), true)));
    const BumpProblem& problem = problems_.back();
    nulls_.push_back(minimise(problem.model, problem.data, {0, false}, starting_point(problem.model, problem.data)));
    all_.push_back({problem.model, problem.data, nulls_.back(), share});
  }
  [[nodiscard]] const std::vector<SharedSpectrum>& all() const { return all_; }

 private:
  std::deque<BumpProblem> problems_;
  std::deque<BumpMinimum> nulls_;
  std::vector<SharedSpectrum> all_;
};

/// A count where signal is, and one as large for the same background without: the fit has a closed form.
MassHistogram on_off(double on, double off) { return {{0, 1, 2}, {on, off}}; }

/// Twice the gain of signal over none in `on` and `off` (Li and Ma, ApJ 272, 317 (1983), eq. 17, with alpha = 1).
double li_ma(double on, double off) {
  const double mean = 0.5 * (on + off);
  return 2 * (on * std::log(on / mean) + off * std::log(off / mean));
}

MassHistogram falling(double events, double extra) {
  MassHistogram histogram{{0}, {}};
  for (int i = 0; i < 20; ++i) {
    histogram.edges.push_back(i + 1);
    histogram.counts.push_back(std::round(events * (30 - i) + (i >= 8 && i < 12 ? extra : 0)));
  }
  return histogram;
}

TEST(CommonStrength, of_one_spectrum_is_the_fit_of_that_spectrum) {
  const MassHistogram histogram = falling(2, 14);
  const std::vector<double> signal = signal_template({10, 1}, histogram);
  const BumpSignal alone = fit_signal(histogram, BernsteinShape{3}, signal);
  for (const double share : {1.0, 0.25}) {
    Spectra spectra;
    spectra.add(histogram, BernsteinShape{3}, signal, share);
    const CommonFit fit = fit_common_strength(spectra.all(), 0);
    ASSERT_TRUE(fit.converged);
    EXPECT_NEAR(fit.signed_root, alone.z, 1e-6);
    EXPECT_NEAR(fit.strength, alone.strength / share, 1e-3 / share);
    EXPECT_NEAR(fit.strength_error, alone.strength_error / share, 1e-3 / share);
    const UpperLimit limit = common_upper_limit(spectra.all(), fit);
    EXPECT_NEAR(limit.observed, alone.limit.observed / share, 1e-4 * limit.observed);
    for (std::size_t i = 0; i < limit.expected.size(); ++i) {
      EXPECT_NEAR(limit.expected[i], alone.limit.expected[i] / share, 1e-4 * limit.expected[i]);
    }
  }
}

TEST(CommonStrength, of_a_deficit_is_negative) {
  const MassHistogram histogram = falling(2, -14);
  const std::vector<double> signal = signal_template({10, 1}, histogram);
  const BumpSignal alone = fit_signal(histogram, BernsteinShape{3}, signal);
  Spectra spectra;
  spectra.add(histogram, BernsteinShape{3}, signal, 0.5);
  spectra.add(histogram, BernsteinShape{3}, signal, 0.5);
  const CommonFit fit = fit_common_strength(spectra.all(), -20);
  ASSERT_TRUE(fit.converged);
  EXPECT_NEAR(fit.strength, 2 * alone.strength, 1e-2);
  EXPECT_NEAR(fit.signed_root, std::sqrt(2) * alone.z, 1e-6);
}

TEST(CommonStrength, has_the_closed_form_of_counts) {
  Spectra spectra;  // 10, 20 and 5 signal events of 35: what the shares say
  spectra.add(on_off(30, 20), BernsteinShape{0}, {1, 0}, 10.0 / 35);
  spectra.add(on_off(60, 40), BernsteinShape{0}, {1, 0}, 20.0 / 35);
  spectra.add(on_off(12, 7), BernsteinShape{0}, {1, 0}, 5.0 / 35);
  for (const double start : {0.0, 35.0, 200.0, -30.0}) {
    const CommonFit fit = fit_common_strength(spectra.all(), start);
    ASSERT_TRUE(fit.converged) << start;
    EXPECT_NEAR(fit.strength, 35, 1e-3) << start;
    EXPECT_NEAR(fit.signed_root, std::sqrt(li_ma(30, 20) + li_ma(60, 40) + li_ma(12, 7)), 1e-7) << start;
    // 1 / variance of a difference of counts, in units of the strength
    const double information = (100 / 50.0 + 400 / 100.0 + 25 / 19.0) / (35.0 * 35.0);
    EXPECT_NEAR(fit.strength_error, 1 / std::sqrt(information), 1e-3) << start;
  }
}

TEST(CommonStrength, leaves_what_has_no_share_out) {
  Spectra with;
  with.add(on_off(30, 20), BernsteinShape{0}, {1, 0}, 1);
  with.add(on_off(90, 20), BernsteinShape{0}, {1, 0}, 0);
  const CommonFit fit = fit_common_strength(with.all(), 0);
  EXPECT_NEAR(fit.strength, 10, 1e-3);
  EXPECT_NEAR(fit.signed_root, std::sqrt(li_ma(30, 20)), 1e-7);
}

TEST(CommonStrength, between_spectra_that_disagree_is_where_the_likelihood_is_largest) {
  Spectra spectra;
  spectra.add(on_off(40, 20), BernsteinShape{0}, {1, 0}, 0.5);
  spectra.add(on_off(18, 20), BernsteinShape{0}, {1, 0}, 0.5);
  const CommonFit fit = fit_common_strength(spectra.all(), 0);
  ASSERT_TRUE(fit.converged);
  // The derivative of the profile is 0: with signal s of one, b solves 2 b^2 + (2 s - n) b - s n_off = 0.
  const auto slope = [](double s, double on, double off) {
    const double p = 2 * s - (on + off);
    const double b = (-p + std::sqrt(p * p + 8 * s * off)) / 4;
    return 1 - on / (b + s);
  };
  EXPECT_NEAR(slope(0.5 * fit.strength, 40, 20) + slope(0.5 * fit.strength, 18, 20), 0, 1e-5);
  EXPECT_LT(fit.signed_root, std::sqrt(li_ma(40, 20)));
}

TEST(CommonStrength, ends_at_zero_where_a_deficit_uses_up_all_background) {
  Spectra spectra;
  spectra.add({{0, 1, 2, 3}, {0, 25, 24}}, BernsteinShape{0}, {1, 0, 0}, 1);
  const CommonFit fit = fit_common_strength(spectra.all(), 0);
  ASSERT_TRUE(fit.converged);
  EXPECT_LE(fit.strength, 0);
  EXPECT_LE(fit.signed_root, 0);
}

TEST(FreeStrengths, have_the_closed_forms_of_one_and_two) {
  for (const double root : {0.3, 1.5, 4.0}) {
    const FreeStrengths one = combine_free_strengths(std::vector<double>{root});
    EXPECT_NEAR(one.p.value, to_p_value({root}).value, 1e-10 * one.p.value);
    EXPECT_NEAR(one.z.z, root, 1e-9);
  }
  const FreeStrengths two = combine_free_strengths(std::vector<double>{1.2, 2.1});
  const double q = 1.2 * 1.2 + 2.1 * 2.1;
  EXPECT_DOUBLE_EQ(two.statistic, q);
  EXPECT_NEAR(two.p.value, 0.5 * std::erfc(std::sqrt(q / 2)) + 0.25 * std::exp(-q / 2), 1e-14);
  EXPECT_NEAR(combine_free_strengths(std::vector<double>{2.1, -1.2}).statistic, 2.1 * 2.1, 1e-12);
  EXPECT_EQ(combine_free_strengths(std::vector<double>{-1, -2}).p.value, 1);
}

TEST(FreeStrengths, are_finite_far_in_the_tail) {
  double last = 0;
  for (const double root : {10.0, 20.0, 30.0, 40.0, 50.0}) {
    const double z = combine_free_strengths(std::vector<double>{root, 0.1, 0.1}).z.z;
    EXPECT_GT(z, last);
    EXPECT_NEAR(z, root, 0.4);
    last = z;
  }
  // where the two ways to a tail meet
  const double below = combine_free_strengths(std::vector<double>{std::sqrt(200.99), 0.0}).z.z;
  const double above = combine_free_strengths(std::vector<double>{std::sqrt(201.01), 0.0}).z.z;
  EXPECT_NEAR(above - below, std::sqrt(201.01) - std::sqrt(200.99), 1e-5);
}

TEST(FreeStrengths, of_nothing_are_refused) {
  test::expect_throws_with<base::InputError>([] { (void)combine_free_strengths({}); }, "at least one");
  test::expect_throws_with<base::InputError>(
      [] { (void)combine_free_strengths(std::vector<double>{std::numeric_limits<double>::quiet_NaN()}); }, "numbers");
}

}  // namespace
}  // namespace eddy::stats
