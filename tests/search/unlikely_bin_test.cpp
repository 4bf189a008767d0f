#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/unlikely_bin.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace eddy::search {
namespace {

const stats::MassWindow kWindow{3300, 3700};  // four bins of 100
const base::RandomStream kStream({41}, "hunt");

BumpHuntSettings quick_settings(const std::string& shape = "dijet") {
  BumpHuntSettings settings;
  settings.shape = shape;
  settings.scan_points = 0;
  return settings;
}

using Draw = std::function<double(base::RandomStream&)>;

/// Falls as m^-power from 2500 on, below 8000.
Draw falling(double power) {
  return [power](base::RandomStream& stream) {
    double mass = 8000;
    while (mass >= 8000) {
      mass = 2500 * std::pow(stream.uniform(), -1 / (power - 1));
    }
    return mass;
  };
}

Draw exponential(double scale) {
  return [scale](base::RandomStream& stream) { return 2500 - scale * std::log(stream.uniform()); };
}

std::vector<float> masses_of(const Draw& draw, std::size_t n, std::uint64_t seed) {
  base::RandomStream stream({seed}, "masses");
  std::vector<float> masses(n);
  std::ranges::generate(masses, [&] { return static_cast<float>(draw(stream)); });
  return masses;
}

BumpHunt hunt(const std::vector<float>& masses, const BumpHuntSettings& settings) {
  return hunt_bump(masses, kWindow, settings, {}, kStream);
}

// Bound: 1e-5 of the spectra. What a shape does not describe would be seen as well.
TEST(FindUnlikelyBin, finds_none_in_2000_smooth_spectra) {
  struct World {
    const char* name;
    Draw draw;
    std::size_t n;
    const char* shape;
  };
  const std::vector<World> worlds = {{"m^-8", falling(8), 3000, "dijet"},
                                     {"m^-8", falling(8), 20000, "dijet"},
                                     {"m^-5", falling(5), 8000, "dijet"},
                                     {"exponential", exponential(400), 8000, "dijet"},
                                     {"exponential", exponential(400), 3000, "bernstein"}};
  constexpr std::size_t kSeeds = 400;
  for (const World& world : worlds) {
    std::vector<std::string> found(kSeeds);
    base::parallel_tasks(kSeeds, [&](std::size_t seed) {
      const BumpHunt fitted = hunt(masses_of(world.draw, world.n, seed + 1), quick_settings(world.shape));
      if (fitted.unlikely_bin && goodness_of_fit(fitted) > 0.01) {
        found[seed] = unlikely_bin_sentence(*fitted.unlikely_bin);
      }
    });
    for (const std::string& sentence : found) {
      EXPECT_EQ(sentence, "") << world.name;
    }
  }
}

/// Spectra of 100 in which the bin from `low` to `low` + 100 is emptied, and how many events that were.
struct Emptied {
  double events = 0;
  std::size_t n_found = 0;
};
Emptied empty_bins(std::size_t n, double low) {
  constexpr std::size_t kSeeds = 100;
  std::vector<std::uint8_t> found(kSeeds);
  std::vector<double> events(kSeeds);
  base::parallel_tasks(kSeeds, [&](std::size_t seed) {
    std::vector<float> masses = masses_of(falling(8), n, seed + 1);
    const auto all = static_cast<double>(masses.size());
    std::erase_if(masses, [&](float mass) { return mass >= low && mass < low + 100; });
    events[seed] = all - static_cast<double>(masses.size());
    const BumpHunt fitted = hunt(masses, quick_settings());
    found[seed] = fitted.unlikely_bin ? 1 : 0;
    EXPECT_TRUE(!fitted.unlikely_bin || fitted.unlikely_bin->observed == 0);
  });
  double sum = 0;
  for (const double value : events) {
    sum += value;
  }
  return {sum / kSeeds, static_cast<std::size_t>(std::ranges::count(found, 1))};
}

// ln(n_bins / 1e-5) = 15 events are the least that can be found, and the fit is drawn to the empty bin. Measured at
// 3700: of 17 events 20 of 100, of 22 99, of 28, 33 and 44 all.
TEST(FindUnlikelyBin, finds_a_bin_that_a_selection_emptied) {
  for (const auto& [n, low, least] : {std::tuple<std::size_t, double, std::size_t>{2000, 3700, 90},
                                      {3000, 3800, 90},
                                      {4000, 3700, 98},
                                      {20000, 3100, 98}}) {
    const Emptied emptied = empty_bins(n, low);
    EXPECT_GE(emptied.n_found, least) << n << " at " << low << ": " << emptied.events << " events";
  }
}

TEST(FindUnlikelyBin, says_which_and_what_to_do) {
  std::vector<float> masses = masses_of(falling(8), 3000, 1);
  std::erase_if(masses, [](float mass) { return mass >= 3700 && mass < 3800; });
  const BumpHunt fitted = hunt(masses, quick_settings());
  ASSERT_TRUE(fitted.unlikely_bin);
  EXPECT_EQ(fitted.unlikely_bin->low, 3700);
  EXPECT_THAT(fitted.failures, testing::Contains(testing::AllOf(testing::HasSubstr("from 3700 to 3800 holds 0 events"),
                                                                testing::HasSubstr("[bump_hunt] range"))));
}

// A signal elsewhere in the spectrum is for the scan of masses, and no fault of a selection.
TEST(FindUnlikelyBin, leaves_an_excess_to_the_scan) {
  std::vector<float> masses = masses_of(falling(8), 8000, 1);
  base::RandomStream stream({2}, "signal");
  for (int i = 0; i < 60; ++i) {
    masses.push_back(static_cast<float>(4500 + 60 * stream.normal()));
  }
  const BumpHunt fitted = hunt(masses, quick_settings());
  EXPECT_FALSE(fitted.unlikely_bin) << unlikely_bin_sentence(*fitted.unlikely_bin);
}

}  // namespace
}  // namespace eddy::search
