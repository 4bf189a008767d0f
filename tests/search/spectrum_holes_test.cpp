#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/spectrum_holes.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace eddy::search {
namespace {

constexpr stats::MassWindow kAll{0, 1e6};

using Draw = std::function<double(base::RandomStream&)>;

/// Falls as m^-power from 2500 on.
Draw falling(double power) {
  return [power](base::RandomStream& stream) { return 2500 * std::pow(stream.uniform(), -1 / (power - 1)); };
}

std::vector<float> masses_of(const Draw& draw, std::size_t n, std::uint64_t seed) {
  base::RandomStream stream({seed}, "masses");
  std::vector<float> masses(n);
  for (float& mass : masses) {
    mass = static_cast<float>(draw(stream));
  }
  return masses;
}

std::vector<float> without(std::vector<float> masses, double low, double high) {
  std::erase_if(masses, [&](float mass) { return mass > low && mass < high; });
  return masses;
}

TEST(FindHole, finds_masses_that_were_vetoed) {
  // 17 to 1,600 events are missing; a hole may be narrower than any bin, and need not lie where the spectrum is
  // fullest.
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{{3000, 3100}, {3000, 3030}, {4000, 4400}}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const auto hole = find_hole(without(masses_of(falling(8), 10000, seed), low, high), kAll);
      ASSERT_TRUE(hole) << low << ", seed " << seed;
      EXPECT_NEAR(hole->low, low, 0.15 * (high - low));
      EXPECT_NEAR(hole->high, high, 0.15 * (high - low));
      EXPECT_GT(hole->expected, 16);
    }
  }
}

TEST(FindHole, looks_at_the_range_alone) {
  const std::vector<float> masses = without(masses_of(falling(8), 10000, 1), 3000, 3100);
  EXPECT_TRUE(find_hole(masses, {2900, 5000}));
  EXPECT_FALSE(find_hole(masses, {3100, 8000}));
  EXPECT_FALSE(find_hole(masses, {2500, 3000}));
  EXPECT_FALSE(find_hole(masses, {2500, 3090})) << "an end is no hole: that is for covered_range";
}

TEST(FindHole, of_several_names_the_one_with_most_events) {
  const std::vector<float> masses = without(without(masses_of(falling(8), 20000, 1), 3500, 3600), 3000, 3100);
  EXPECT_NEAR(find_hole(masses, kAll)->low, 3000, 10);
}

/// Smooth spectra, each with 100 to 20,000 events: exp(-expected) is a thousandth for a whole spectrum, and all errors
/// are taken to the safe side.
TEST(FindHole, finds_none_in_spectra_that_thin_out_turn_on_or_have_peaks) {
  const std::vector<std::pair<std::string, Draw>> spectra = {
      {"m^-4", falling(4)},
      {"m^-8", falling(8)},
      {"m^-20", falling(20)},
      {"exponential", [](base::RandomStream& s) { return 2000 - 300 * std::log(s.uniform()); }},
      {"Gaussian", [](base::RandomStream& s) { return 3000 + 300 * s.normal(); }},
      {"flat", [](base::RandomStream& s) { return 1000 + 8000 * s.uniform(); }},
      {"Breit-Wigner", [](base::RandomStream& s) { return 500 + 10 * std::tan(3.14159 * (s.uniform() - 0.5)); }},
      {"signal on a falling background",
       [](base::RandomStream& s) { return s.uniform() < 0.03 ? 3500 + 100 * s.normal() : falling(8)(s); }},
      {"sharp turn-on",
       [](base::RandomStream& s) { return s.uniform() < 0.01 ? 1500 + 1000 * s.uniform() : falling(8)(s); }},
      {"two slopes",
       [](base::RandomStream& s) { return 1000 - (s.uniform() < 0.95 ? 100 : 1500) * std::log(s.uniform()); }}};
  for (const auto& [name, draw] : spectra) {
    for (const std::size_t n : {100U, 1000U, 20000U}) {
      for (std::uint64_t seed = 1; seed <= (n < 10000 ? 200U : 40U); ++seed) {
        const auto hole = find_hole(masses_of(draw, n, seed), kAll);
        ASSERT_FALSE(hole) << name << ", " << n << " events, seed " << seed << ": " << hole->low << " to "
                           << hole->high;
      }
    }
  }
}

TEST(FindHole, masses_that_were_rounded_have_none_but_where_a_value_is_missing) {
  for (const double step : {1.0, 10.0, 100.0, 250.0}) {
    std::vector<float> masses = masses_of(falling(8), 20000, 1);
    for (float& mass : masses) {
      mass = static_cast<float>(step * std::round(mass / step));
    }
    EXPECT_FALSE(find_hole(masses, kAll)) << step;
    if (step >= 10 && step <= 100) {
      EXPECT_TRUE(find_hole(without(masses, 2995, 3005), kAll)) << step;
    }
  }
}

TEST(FindHole, of_few_masses_there_is_none) {
  EXPECT_FALSE(find_hole(std::vector<float>(), kAll));
  EXPECT_FALSE(find_hole(std::vector<float>{3}, kAll));
  EXPECT_FALSE(find_hole(std::vector<float>{3, 3, 3, 900}, kAll));
}

TEST(RequireNoHole, names_the_masses_and_the_remedy) {
  test::expect_throws_with<base::InputError>(
      [] { require_no_hole(without(masses_of(falling(8), 10000, 1), 3000, 3100), kAll, "[bump_hunt] range"); },
      "no selected event has a mass between 299", "let one expect",
      "select these masses too, or set [bump_hunt] range");
  EXPECT_NO_THROW(require_no_hole(masses_of(falling(8), 10000, 1), kAll, "[bump_hunt] range"));
}

}  // namespace
}  // namespace eddy::search
