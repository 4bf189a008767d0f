#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/mixture_share.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace eddy::stats {
namespace {

/// Events of which `share` follow N(shift, 1), the others N(0, 1), and what a search takes the first density for:
/// N(assumed, 1).
std::vector<double> draw(std::size_t n, double share, double shift, double assumed, std::uint64_t seed) {
  base::RandomStream stream({seed}, "mixture");
  std::vector<double> log_ratio;
  for (std::size_t i = 0; i < n; ++i) {
    const double mean = stream.uniform() < share ? shift : 0.0;
    const double x = mean + stream.normal();
    log_ratio.push_back(assumed * x - assumed * assumed / 2);
  }
  return log_ratio;
}

TEST(MixtureShare, of_two_bins_is_what_counting_says) {
  // p = (0.9, 0.1), q = (0.1, 0.9): with n of N in the first bin, w = (n / N - 0.1) / 0.8.
  std::vector<double> log_ratio(100, std::log(0.1 / 0.9));
  std::fill_n(log_ratio.begin(), 30, std::log(0.9 / 0.1));
  const MixtureShare found = fit_mixture_share(log_ratio);
  EXPECT_NEAR(found.share, (0.30 - 0.1) / 0.8, 1e-9);
  const auto binomial = [](double w) {
    const double f = 0.1 + 0.8 * w;
    return 30 * std::log(f) + 70 * std::log(1 - f);
  };
  EXPECT_NEAR(binomial(found.share) - binomial(found.low), 0.5, 1e-6);
  EXPECT_NEAR(binomial(found.share) - binomial(found.high), 0.5, 1e-6);
}

TEST(MixtureShare, interval_covers_the_truth) {
  constexpr int kExperiments = 400;
  int n_covered = 0;
  double sum = 0;
  for (int i = 0; i < kExperiments; ++i) {
    const MixtureShare found = fit_mixture_share(draw(1000, 0.1, 3, 3, static_cast<std::uint64_t>(i)));
    n_covered += found.low <= 0.1 && 0.1 <= found.high ? 1 : 0;
    sum += found.share;
  }
  // Binomial error of 68.3 % in 400: 2.3 %; three of them, and 1 % for an interval that is exact in large samples only.
  EXPECT_NEAR(n_covered / double{kExperiments}, 0.683, 0.08);
  // The spread of one is about sqrt(0.1 * 0.9 / 1000) = 0.01.
  EXPECT_NEAR(sum / kExperiments, 0.1, 3 * 0.012 / std::sqrt(kExperiments));
}

TEST(MixtureShare, of_nothing_is_nothing_whatever_density_was_learned) {
  constexpr int kExperiments = 200;
  int n_above = 0;
  for (int i = 0; i < kExperiments; ++i) {
    const MixtureShare found = fit_mixture_share(draw(1000, 0, 0, 2, 1000 + static_cast<std::uint64_t>(i)));
    EXPECT_LT(found.share, 0.05);
    n_above += found.low > 0 ? 1 : 0;
  }
  EXPECT_NEAR(n_above / double{kExperiments}, 0.159, 0.08);  // three binomial errors: one side of 68.3 %
}

TEST(MixtureShare, of_a_density_that_misses_is_too_small) {
  const double right = fit_mixture_share(draw(20000, 0.1, 3, 3, 7)).share;
  const double wrong = fit_mixture_share(draw(20000, 0.1, 3, -3, 7)).share;
  EXPECT_NEAR(right, 0.1, 0.01);
  EXPECT_LT(wrong, 0.01);
}

TEST(MixtureShare, takes_ratios_without_bound) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> known = {infinity, -infinity, -infinity, -infinity};
  EXPECT_NEAR(fit_mixture_share(known).share, 0.25, 1e-9);
  const std::vector<double> all = {infinity, infinity};
  EXPECT_EQ(fit_mixture_share(all).share, 1);
}

TEST(MixtureShare, refuses_what_is_no_ratio) {
  test::expect_throws_with<base::InputError>([] { static_cast<void>(fit_mixture_share({})); }, "no events");
  const std::vector<double> bad = {0, std::numeric_limits<double>::quiet_NaN()};
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(fit_mixture_share(bad)); }, "event 1 of 2");
}

}  // namespace
}  // namespace eddy::stats
