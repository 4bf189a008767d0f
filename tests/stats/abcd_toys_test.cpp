#include <eddy/stats/abcd_toys.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace eddy::stats {
namespace {

constexpr std::size_t kToys = 20000;
const base::RandomStream kStream({5}, "abcd toys");

TEST(AbcdToyMixture, one_source_has_poisson_counts_and_a_gaussian_closure) {
  const AbcdToySource source{{5, 600, 50, 6000}, 0.2};
  const AbcdToyMixture toys(std::array{source}, 0.1, kStream);
  double sum_a = 0;
  double sum_a_squared = 0;
  double sum_ab = 0;
  double sum_closure = 0;
  double sum_pull_squared = 0;
  for (std::size_t i = 0; i < kToys; ++i) {
    const AbcdToy toy = toys.draw(i);
    sum_a += toy.counts.a - 5;
    sum_a_squared += (toy.counts.a - 5) * (toy.counts.a - 5);
    sum_ab += (toy.counts.a - 5) * (toy.counts.b - 600);
    sum_closure += toy.log_closure - 0.2;
    sum_pull_squared += (toy.log_closure - 0.2) * (toy.log_closure - 0.2) / 0.01;
    ASSERT_EQ(toys.weight(toy, 0), 1);
  }
  const double n = kToys;
  // Four standard errors each: sigma / sqrt(n), and sqrt((mu + 2 mu^2) / n) for the variance of a Poisson number.
  EXPECT_NEAR(sum_a / n, 0, 4 * std::sqrt(5 / n));
  EXPECT_NEAR(sum_a_squared / n, 5, 4 * std::sqrt((5 + 50) / n));
  EXPECT_NEAR(sum_ab / n, 0, 4 * std::sqrt(5 * 600 / n));
  EXPECT_NEAR(sum_closure / n, 0, 4 * 0.1 / std::sqrt(n));
  EXPECT_NEAR(sum_pull_squared / n, 1, 4 * std::sqrt(2 / n));
}

TEST(AbcdToyMixture, weights_restore_each_source) {
  const std::array sources{AbcdToySource{{5, 600, 50, 6000}, 0.0}, AbcdToySource{{15, 620, 45, 5900}, 0.1},
                           AbcdToySource{{0, 600, 50, 6000}, 0.0}};
  const AbcdToyMixture toys(sources, 0.1, kStream);
  for (std::size_t s = 0; s < sources.size(); ++s) {
    double sum = 0;
    double sum_a = 0;
    for (std::size_t i = 0; i < kToys; ++i) {
      const AbcdToy toy = toys.draw(i);
      const double weight = toys.weight(toy, s);
      ASSERT_LE(weight, 3 * (1 + 1e-12));
      sum += weight;
      sum_a += weight * toy.counts.a;
    }
    // Weights are at most 3 with mean 1, so their variance is at most 2; for A (3 - 1) (mu + mu^2) bounds it likewise.
    const double mean = sources[s].mean.a;
    EXPECT_NEAR(sum / kToys, 1, 4 * std::sqrt(2.0 / kToys)) << s;
    EXPECT_NEAR(sum_a / kToys, mean, 4 * std::sqrt(3 * (mean + mean * mean) / kToys)) << s;
  }
}

TEST(AbcdToyMixture, a_toy_depends_on_its_number_only) {
  const AbcdToySource source{{5, 600, 50, 6000}, 0.2};
  base::RandomStream moved = kStream;
  (void)moved.uniform();
  const AbcdToyMixture one(std::array{source}, 0.1, kStream);
  const AbcdToyMixture two(std::array{source}, 0.1, moved);
  const AbcdToy late = one.draw(77);
  (void)two.draw(3);
  const AbcdToy again = two.draw(77);
  EXPECT_EQ(late.counts.b, again.counts.b);
  EXPECT_EQ(late.log_closure, again.log_closure);
  EXPECT_NE(late.counts.b, one.draw(78).counts.b);
}

TEST(AbcdToyMixture, no_closure_uncertainty_means_no_scatter) {
  const AbcdToyMixture toys(std::array{AbcdToySource{{5, 600, 50, 6000}, 0.2}}, 0, kStream);
  EXPECT_EQ(toys.draw(9).log_closure, 0.2);
}

TEST(AbcdToyMixture, source_of_a_fit_has_its_means_and_its_closure) {
  const AbcdModel model{1.1, 0.2, 0, 0, 0};
  const AbcdProfile fit = profile_at({90, 650, 435, 4350}, model, 0);
  const AbcdToySource source = source_of(fit, model);
  EXPECT_NEAR(std::exp(source.log_closure) * fit.expected.b * fit.expected.c / fit.expected.d, fit.expected.a, 1e-9);
  EXPECT_EQ(source.mean.d, fit.expected.d);
}

}  // namespace
}  // namespace eddy::stats
