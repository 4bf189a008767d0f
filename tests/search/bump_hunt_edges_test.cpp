#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/bump_hunt.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "bump_spectra.hpp"
#include "check_throws.hpp"

namespace eddy::search {
namespace {

using base::InputError;
using testing::Contains;

TEST(BumpHuntEdges, begin_where_the_spectrum_falls) {
  // The trigger lets masses below 2.9 pass with a probability that rises from 0 at 2.3.
  base::RandomStream stream({45}, "trigger");
  std::vector<float> masses;
  for (const float mass : spectrum(17, 200000)) {
    const double efficiency = std::clamp((mass - 2.3) / 0.6, 0.0, 1.0);
    if (stream.uniform() < efficiency) {
      masses.push_back(mass);
    }
  }
  const std::vector<double> edges = bump_hunt_edges(masses, kWindow, quick_settings());
  EXPECT_GE(edges.front(), 2.8 - 1e-9);
  EXPECT_LE(edges.front(), kWindow.low - 0.4 + 1e-9);  // one width of the signal region stays
  EXPECT_LE(edges.back(), std::ranges::max(masses));   // and the bin of the largest mass is left out
}

/// Masses from `low` on, below `high`.
std::vector<float> selected(std::uint64_t seed, std::size_t n, float low, float high) {
  std::vector<float> masses = spectrum(seed, n);
  std::erase_if(masses, [&](float mass) { return mass < low || mass >= high; });
  return masses;
}

// Bins below the selection were read as bins without events: Z = 11 in background.
TEST(BumpHuntEdges, stay_inside_the_selected_masses) {
  for (const auto& [low, high] : {std::pair{2.5F, 12.0F}, {2.9F, 12.0F}, {2.5F, 4.2F}, {2.9F, 4.05F}}) {
    const std::vector<float> masses = selected(18, 20000, low, high);
    const std::vector<double> edges = bump_hunt_edges(masses, kWindow, quick_settings());
    EXPECT_GE(edges.front(), low - 1e-6);  // the borders are float32
    EXPECT_LE(edges.back(), high + 1e-6);
    BumpHuntSettings wide = quick_settings();
    wide.range = {2.2, 11};
    const std::vector<double> inside = bump_hunt_edges(masses, kWindow, wide);
    EXPECT_GE(inside.front(), low - 1e-6) << "a range beyond the selection";
    EXPECT_LE(inside.back(), high < 10 ? high + 1e-6 : 11.0);
    EXPECT_LT(inside.front(), low + 0.2) << "nothing more is lost than a part of a bin";
  }
}

TEST(BumpHuntEdges, need_a_sideband_of_selected_masses) {
  const std::vector<float> low = selected(19, 20000, 3.25F, 12);
  const auto edges = [](const std::vector<float>& masses, const BumpHuntSettings& settings) {
    return [&masses, settings] { static_cast<void>(bump_hunt_edges(masses, kWindow, settings)); };
  };
  BumpHuntSettings wide = quick_settings();
  wide.range = {2.7, 8};
  for (const BumpHuntSettings& settings : {quick_settings(), wide}) {
    test::expect_throws_with<InputError>(edges(low, settings), "3.3 to 3.7 has no sideband below", "begin at 3.25",
                                         "loosen the selection");
    const std::vector<float> high = selected(20, 20000, 2.5F, 3.75F);
    test::expect_throws_with<InputError>(edges(high, settings), "3.3 to 3.7 has no sideband above", "end at 3.74");
  }
}

TEST(BumpHuntEdges, of_the_last_events_of_a_tail_reach_beyond_them) {
  const std::vector<float> masses = spectrum(21, 2000);
  const float last = std::ranges::max(masses);
  const std::vector<double> edges = bump_hunt_edges(masses, {last - 0.2, last + 0.2}, quick_settings());
  EXPECT_GE(edges.back(), last + 0.6 - 1e-6) << "one width above: nothing was there to be selected";
}

TEST(HuntBump, near_the_edge_of_the_selection_is_that_of_background) {
  std::vector<double> z;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const std::vector<float> masses = selected(seed, 20000, 3.1F, 12);  // two bins below the window
    const BumpHunt hunt = hunt_bump(masses, kWindow, quick_settings(), {}, kStream);
    ASSERT_TRUE(hunt.prediction && hunt.signal) << seed;
    z.push_back(hunt.counting_z);
  }
  EXPECT_NEAR(moments(z).mean, 0, 5 / std::sqrt(40.0));
  EXPECT_NEAR(moments(z).deviation, 1, 0.6);  // two bins below hardly determine the shape, and it may be chosen
}

TEST(HuntBump, says_that_a_range_reaches_beyond_the_selection) {
  BumpHuntSettings settings = quick_settings();
  settings.range = {2.0, 8};
  const BumpHunt hunt = hunt_bump(spectrum(22, 20000), kWindow, settings, {}, kStream);
  EXPECT_GE(hunt.spectrum.edges.front(), 2.5);
  EXPECT_THAT(hunt.failures, Contains(testing::HasSubstr("range = [2, 8] reaches beyond the selected masses")));
  EXPECT_LT(std::abs(hunt.signal->z), 4);
}

// Read as empty bins, masses vetoed beside the window move Z by several units, up or down by where they are.
TEST(HuntBump, says_that_masses_inside_the_range_were_never_selected) {
  std::vector<float> masses = spectrum(1, 20000);
  EXPECT_THAT(hunt_bump(masses, kWindow, quick_settings(), {}, kStream).failures, testing::IsEmpty());
  std::erase_if(masses, [](float mass) { return mass > 2.95F && mass < 3.05F; });  // half of two bins
  const BumpHunt hunt = hunt_bump(masses, kWindow, quick_settings(), {}, kStream);
  EXPECT_THAT(hunt.failures, Contains(testing::AllOf(testing::HasSubstr("no selected event has a mass between 2.9"),
                                                     testing::HasSubstr("[bump_hunt] range"))));
  const BumpHunt subset = hunt_bump(masses, kWindow, settings_for_subsets(quick_settings(), hunt), {}, kStream);
  EXPECT_THAT(subset.failures, testing::Not(Contains(testing::HasSubstr("no selected event has a mass"))))
      << "it was said of all events";
  BumpHuntSettings beyond = quick_settings();
  beyond.range = {3.1, 8};
  EXPECT_THAT(hunt_bump(masses, kWindow, beyond, {}, kStream).failures,
              testing::Not(Contains(testing::HasSubstr("no selected event has a mass"))));
}

}  // namespace
}  // namespace eddy::search
