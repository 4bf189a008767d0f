#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/evidence/categories.hpp>
#include <eddy/search/judgement.hpp>
#include <eddy/search/quak/quak_bumps.hpp>
#include <eddy/search/working_point.hpp>
#include <eddy/stats/combination.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>
#include <search/synthetic_losses.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

/// 20,000 background events of which the preselection keeps 2,000, in four categories of 500.
struct World {
  explicit World(std::size_t n_signal) : data(both(background_in_losses(20000, 1), signal_in_losses(n_signal, 2))) {}
  LossSample data;
  std::vector<float> background = first_loss(background_in_losses(20000, 5));
  SearchConfig config = quick_quak_config();
  [[nodiscard]] LossSpectrum spectrum() const { return {.data = data, .background_loss = background, .truth = {}}; }
};

TEST(SearchCategories, finds_a_bump_in_the_corner_where_it_is) {
  const World world(120);
  const CategorySearch found = search_categories(world.spectrum(), world.config, {});
  // 120 events on about 60 of background within two widths in one category of four: far above 5 sigma.
  EXPECT_EQ(found.scan.points[found.scan.best].mass, kBumpMass);
  EXPECT_GT(found.scan.points[found.scan.best].fisher.z.z, 5);
  EXPECT_NEAR(found.scan.global_p_value, 1.0 / 51, 1e-12) << "no toy reaches it";
  const auto largest = std::ranges::max_element(
      found.scan.categories, {}, [&](const stats::CategoryFit& fit) { return fit.points[found.scan.best].z; });
  EXPECT_EQ(largest->name, "2 × 1") << "large loss of background, small loss of the prior";
  EXPECT_NEAR(largest->points[found.scan.best].strength, 110, 40);
}

/// Ten bins, and nearly all masses in three of them: nothing beside the excess can judge a polynomial of order 3.
TEST(SearchCategories, whose_shape_cannot_be_judged_must_not_be_quoted) {
  World world(0);
  world.config.quak.toys = 0;
  world.config.quak.bins = 10;
  base::RandomStream stream({9}, "masses");
  for (float& mass : world.data.mass) {
    mass = static_cast<float>(kLowestMass + 900 * stream.uniform());
  }
  world.data.mass.back() = static_cast<float>(kHighestMass) - 1;  // the spectra reach as far
  const CategorySearch found = search_categories(world.spectrum(), world.config, {});
  EXPECT_TRUE(std::isnan(found.goodness_of_fit));
  WorkingPoint point;
  set_numbers(point, found);
  EXPECT_FALSE(judge_evidence(found, point, false).is_quotable);
}

/// What a scan may claim is global: by its pseudo-experiments, or the bound where none reaches it.
TEST(SearchCategories, claims_the_global_significance) {
  const World with_signal(120);
  CategorySearch found = search_categories(with_signal.spectrum(), with_signal.config, {});
  const double local = found.scan.points[found.scan.best].fisher.z.z;
  const double bound = stats::significance_of_log(stats::log_p_value({local}) + std::log(7)).z;
  EXPECT_NEAR(global_z(found), bound, 1e-12) << "no toy of 50 reaches it, seven masses";
  EXPECT_GT(bound, found.scan.global_z);
  EXPECT_LT(bound, local);
  found.scan.n_toys = 0;
  EXPECT_NEAR(global_z(found), bound, 1e-12);
  found.scan.points[found.scan.best].fisher.z.z = 0.1;
  EXPECT_EQ(global_z(found), 0) << "a bound above one half says nothing";
  found.scan.n_toys = 50;
  found.scan.global_p_value = 1;
  found.scan.global_z = -base::kInfinity;
  EXPECT_EQ(global_z(found), 0) << "all toys reach it";
  const World without(0);
  const CategorySearch none = search_categories(without.spectrum(), without.config, {});
  EXPECT_EQ(global_z(none), none.scan.global_z);
}

TEST(SearchCategories, of_background_alone_finds_nothing_significant) {
  const World world(0);
  const CategorySearch found = search_categories(world.spectrum(), world.config, {});
  EXPECT_GT(found.scan.global_p_value, 0.02) << "one toy in fifty is a limit that this seed keeps";
  EXPECT_LT(found.scan.points[found.scan.best].fisher.z.z, 3.5);
}

// Nineteen of twenty events of one bin are gone: masses alone do not show that, the fits do.
TEST(SearchCategories, says_where_a_selection_thinned_out_some_masses) {
  World world(0);
  world.config.quak.toys = 0;
  const CategorySearch whole = search_categories(world.spectrum(), world.config, {});
  EXPECT_FALSE(whole.unlikely_bin) << unlikely_bin_sentence(*whole.unlikely_bin);
  WorkingPoint point;
  set_numbers(point, whole);
  EXPECT_TRUE(judge_evidence(whole, point, false).is_quotable);
  const std::vector<double>& edges = whole.spectra.front().histogram.edges;
  for (std::size_t i = 0; i < world.data.mass.size(); ++i) {
    if (world.data.mass[i] >= edges[5] && world.data.mass[i] < edges[6] && i % 20 != 0) {
      world.data.mass[i] = static_cast<float>(edges.back()) + 1;
    }
  }
  const CategorySearch thinned = search_categories(world.spectrum(), world.config, {});
  ASSERT_TRUE(thinned.unlikely_bin);
  EXPECT_EQ(thinned.unlikely_bin->low, edges[5]);
  set_numbers(point, thinned);
  EXPECT_FALSE(judge_evidence(thinned, point, false).is_quotable);
}

// Masses that fall as m^-8: a positive cubic polynomial sees an excess at their beginning that is none.
TEST(SearchCategories, of_a_polynomial_that_does_not_describe_the_spectra_must_not_be_quoted) {
  World world(0);
  world.config.quak.toys = 0;
  base::RandomStream stream({8}, "masses");
  for (float& mass : world.data.mass) {
    mass = static_cast<float>(kLowestMass * std::pow(1 - 0.9975 * stream.uniform(), -1.0 / 7));
  }
  world.config.quak.order = 3;
  WorkingPoint point;
  const CategorySearch fixed = search_categories(world.spectrum(), world.config, {});
  set_numbers(point, fixed);
  EXPECT_GT(point.z, 4);
  EXPECT_FALSE(judge_evidence(fixed, point, false).is_quotable);
  EXPECT_TRUE(judge_evidence(fixed, point, false).has(Caveat::kPoorFit));
  world.config.quak.order = 0;
  world.config.quak.shape = "dijet";
  world.config.quak.sqrt_s = 13000;
  const CategorySearch chosen = search_categories(world.spectrum(), world.config, {});
  set_numbers(point, chosen);
  EXPECT_LT(point.z, 3);
  EXPECT_TRUE(judge_evidence(chosen, point, false).is_quotable);
}

TEST(SearchCategories, takes_a_signal_for_no_fault_of_the_selection) {
  World world(600);
  world.config.quak.toys = 0;
  const CategorySearch found = search_categories(world.spectrum(), world.config, {});
  EXPECT_FALSE(found.unlikely_bin) << unlikely_bin_sentence(*found.unlikely_bin);
}

TEST(RequireMasses, refuses_masses_inside_the_spectra_that_were_never_selected) {
  World world(0);
  EXPECT_NO_THROW(require_masses(world.data.mass, world.config.quak));
  std::erase_if(world.data.mass, [](float mass) { return mass > 3250 && mass < 3320; });
  test::expect_throws_with<base::InputError>([&] { require_masses(world.data.mass, world.config.quak); },
                                             "no selected event has a mass between 32", "[quak] fit_range");
  world.config.quak.fit_range = {3320, 6600};
  EXPECT_NO_THROW(require_masses(world.data.mass, world.config.quak));
}

TEST(SearchCategories, preselects_the_fraction_of_background_and_counts_truth) {
  const World world(100);
  std::vector<std::uint8_t> truth(20000, 0);
  truth.resize(20100, 1);
  LossSpectrum spectrum = world.spectrum();
  spectrum.truth = truth;
  const CategorySearch found = search_categories(spectrum, world.config, {});
  // exp(1.28) is the 90 % quantile; the signal's exp(2 +- 0.3) lies above in 99 % of the cases.
  EXPECT_NEAR(std::log(found.threshold), 1.2816, 0.03);
  EXPECT_NEAR(static_cast<double>(found.n_preselected), 2100, 150) << "3 sigma, and 0.3 % beyond 6600 GeV";
  ASSERT_TRUE(found.n_true_signal);
  EXPECT_GE(*found.n_true_signal, 94);
  double sum = 0;
  for (const stats::MassCategory& category : found.spectra) {
    for (const double count : category.histogram.counts) {
      sum += count;
    }
  }
  EXPECT_EQ(sum, static_cast<double>(found.n_preselected));
}

TEST(SearchCategories, categories_do_not_know_the_mass) {
  const World world(0);
  World shuffled(0);
  std::ranges::rotate(shuffled.data.mass, shuffled.data.mass.begin() + 777);
  // Masses change which events lie in the fit range; here all do.
  World narrow = shuffled;
  for (World* w : {&shuffled, &narrow}) {
    w->config.quak.fit_range = {2800, kHighestMass + 1};
    w->config.quak.toys = 0;
  }
  narrow.data.mass = world.data.mass;
  const CategorySearch a = search_categories(shuffled.spectrum(), shuffled.config, {});
  const CategorySearch b = search_categories(narrow.spectrum(), narrow.config, {});
  ASSERT_EQ(a.boxes.size(), b.boxes.size());
  for (std::size_t c = 0; c < a.boxes.size(); ++c) {
    EXPECT_EQ(a.boxes[c].low, b.boxes[c].low);
    EXPECT_EQ(a.boxes[c].high, b.boxes[c].high);
  }
}

TEST(SearchCategories, is_the_same_for_any_number_of_threads) {
  const World world(60);
  const auto result = [&](std::size_t n_threads) {
    const base::ThreadLimit limit(n_threads);
    const CategorySearch found = search_categories(world.spectrum(), world.config, {});
    return std::pair(found.scan.points[found.scan.best].fisher.z.z, found.scan.global_p_value);
  };
  EXPECT_EQ(result(1), result(4));
}

TEST(RequireMasses, says_where_no_event_lies) {
  World world(0);
  require_masses(world.data.mass, world.config.quak);
  world.config.quak.fit_range = {3, 6};
  test::expect_throws_with<base::InputError>([&] { require_masses(world.data.mass, world.config.quak); }, "from 3 to 6",
                                             "in the unit of the masses");
}

// Bins of the range beyond the selection were read as bins without events.
TEST(SearchCategories, fits_where_masses_were_selected) {
  World world(0);
  world.config.quak.toys = 0;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < world.data.mass.size(); ++i) {
    if (world.data.mass[i] > 3500 && world.data.mass[i] < 4800) {
      rows.push_back(i);
    }
  }
  LossSample selected{.name = "data", .index = {}, .loss = base::take_rows(world.data.loss, rows), .mass = {}};
  for (const std::size_t row : rows) {
    selected.mass.push_back(world.data.mass[row]);
    selected.index.push_back(row);
  }
  const LossSpectrum spectrum{.data = selected, .background_loss = world.background, .truth = {}};
  EXPECT_NE(uncovered_range(selected.mass, world.config.quak).find("beyond the selected masses"), std::string::npos);
  EXPECT_EQ(uncovered_range(world.data.mass, world.config.quak), "");
  const CategorySearch found = search_categories(spectrum, world.config, {});
  for (const stats::MassCategory& category : found.spectra) {
    EXPECT_GE(category.histogram.edges.front(), 3500);
    EXPECT_LE(category.histogram.edges.back(), 4800);
  }
  EXPECT_LT(found.scan.points[found.scan.best].fisher.z.z, 4);
}

TEST(SearchCategories, have_their_bins_whatever_the_range) {
  World world(0);
  world.config.quak.toys = 0;
  world.config.quak.fit_range = {2000, 200000};
  require_masses(world.data.mass, world.config.quak);
  const CategorySearch found = search_categories(world.spectrum(), world.config, {});
  EXPECT_EQ(found.spectra.front().histogram.counts.size(), static_cast<std::size_t>(world.config.quak.bins));
  EXPECT_LT(found.spectra.front().histogram.edges.back(), 10000);
}

TEST(RequireMasses, says_where_no_mass_of_the_scan_lies) {
  const World world(0);
  const std::vector<float> one_mass(1000, 4000.0F);
  test::expect_throws_with<base::InputError>([&] { require_masses(one_mass, world.config.quak); },
                                             "lies inside the spectrum of the selected events, from 4000 to 4000",
                                             "[quak] scan");
}

TEST(SearchCuts, fits_behind_every_cut_and_takes_the_best) {
  const World world(120);
  const std::optional<CutSearch> found = search_cuts(world.spectrum(), world.config, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cuts.size() + found->n_failed, 4U)
      << "two cuts on the background, each alone and with one on the prior";
  for (const LossCut& cut : found->cuts) {
    EXPECT_LE(cut.z, found->cuts[found->best].z);
  }
  const LossCut& best = found->cuts[found->best];
  EXPECT_EQ(best.mass, kBumpMass);
  EXPECT_EQ(best.prior, "p");
  EXPECT_GT(best.z, 5);
  double sum = 0;
  for (const double count : found->spectrum.counts) {
    sum += count;
  }
  EXPECT_EQ(sum, static_cast<double>(best.n_events));
}

TEST(SearchCuts, leaves_out_cuts_with_too_few_events) {
  World world(0);
  world.config.quak.background_cuts = {0.1, 1e-4};  // 2 events
  const std::optional<CutSearch> found = search_cuts(world.spectrum(), world.config, {});
  ASSERT_TRUE(found);
  EXPECT_GE(found->n_failed, 1U);
  for (const LossCut& cut : found->cuts) {
    EXPECT_GE(cut.n_events, 20U);
  }
}

}  // namespace
}  // namespace eddy::search
