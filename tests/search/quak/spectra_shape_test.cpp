#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/bump_background.hpp>
#include <eddy/search/quak/spectra_shape.hpp>
#include <eddy/stats/bump_order.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>
#include <search/synthetic_losses.hpp>

#include <cmath>
#include <functional>

namespace eddy::search {
namespace {

const std::vector<double> kMasses = {3200, 3600, 4000, 4400, 4800, 5200};

QuakSettings with_order(std::int64_t order) {
  QuakSettings settings;
  settings.order = order;
  return settings;
}

/// Density m^-8 between the ends of the spectra: steeper at its beginning than any polynomial of order 3 that is
/// positive.
double steep_mass(double uniform) {
  const double low = std::pow(kLowestMass, -7);
  const double high = std::pow(kHighestMass, -7);
  return std::pow(low + uniform * (high - low), -1.0 / 7);
}

std::vector<stats::MassCategory> spectra_of(const std::function<double(double)>& mass, std::size_t n_events,
                                            std::uint64_t seed, std::size_t n_signal = 0) {
  base::RandomStream stream({seed}, "masses");
  std::vector<double> edges;
  for (int i = 0; i <= 38; ++i) {
    edges.push_back(kLowestMass + 100 * i);
  }
  std::vector<stats::MassCategory> spectra;
  for (const char* name : {"1", "2"}) {
    std::vector<double> masses;
    for (std::size_t i = 0; i < n_events; ++i) {
      masses.push_back(mass(stream.uniform()));
    }
    for (std::size_t i = 0; i < n_signal; ++i) {
      masses.push_back(kBumpMass + 120 * stream.normal());
    }
    spectra.push_back({name, stats::fill_histogram(edges, masses)});
  }
  return spectra;
}

// It rises by chance in about one of ten: of 20, in 6 or fewer but for 1 in 400.
TEST(SpectraShape, stays_at_three_where_that_describes_the_spectra) {
  for (const std::size_t n_signal : {0, 200}) {
    int n_higher = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const auto spectra = spectra_of(falling_mass, 1000, seed, n_signal);
      n_higher += order_of(choose_shape(spectra, kMasses, with_order(0)).shape) > 3 ? 1 : 0;
    }
    EXPECT_LE(n_higher, 6) << n_signal << " signal events are no fault of the polynomial";
  }
}

TEST(SpectraShape, rises_until_a_steep_spectrum_is_described) {
  const std::vector<stats::MassCategory> steep = spectra_of(steep_mass, 2000, 2);
  const SpectraShape fixed = choose_shape(steep, kMasses, with_order(3));
  EXPECT_EQ(order_of(fixed.shape), 3);
  EXPECT_LT(fixed.goodness_of_fit, 1e-6);
  const SpectraShape chosen = choose_shape(steep, kMasses, with_order(0));
  EXPECT_GT(order_of(chosen.shape), 3);
  EXPECT_GT(chosen.goodness_of_fit, 0.05);
}

TEST(SpectraShape, of_a_steep_spectrum_is_a_dijet_function_where_that_is_asked_for) {
  QuakSettings settings = with_order(0);
  settings.shape = "dijet";
  settings.sqrt_s = 13000;
  const SpectraShape found = choose_shape(spectra_of(steep_mass, 2000, 2), kMasses, settings);
  ASSERT_TRUE(std::holds_alternative<stats::DijetShape>(found.shape));
  EXPECT_EQ(stats::n_parameters(found.shape), 3U);
  EXPECT_GT(found.goodness_of_fit, 0.05);
}

TEST(SpectraShape, ends_at_what_its_kind_allows) {
  EXPECT_EQ(order_of(stats::next_shape(stats::BernsteinShape{3}, 8).value()), 4);
  EXPECT_FALSE(stats::next_shape(stats::BernsteinShape{8}, 8));
  EXPECT_EQ(stats::n_parameters(stats::next_shape(stats::DijetShape{13, 4}, 8).value()), 5U);
  EXPECT_FALSE(stats::next_shape(stats::DijetShape{13, 5}, 8));
}

// Few events: most bins expect less than one. 200 spectra of a cubic polynomial; below 5 % are 10 +- 3.1 of them.
TEST(SpectraShape, goodness_of_fit_is_a_p_value) {
  int n_below = 0;
  for (std::uint64_t seed = 100; seed < 300; ++seed) {
    n_below += choose_shape(spectra_of(falling_mass, 100, seed), kMasses, with_order(3)).goodness_of_fit < 0.05 ? 1 : 0;
  }
  EXPECT_LE(n_below, 22) << "10 + 4 x 3.1";
}

TEST(SpectraShape, of_spectra_that_cannot_be_fitted_is_an_error) {
  test::expect_throws_with<base::InputError>(
      [] { (void)choose_shape(spectra_of(falling_mass, 3, 1), kMasses, with_order(0)); }, "events");
}

}  // namespace
}  // namespace eddy::search
