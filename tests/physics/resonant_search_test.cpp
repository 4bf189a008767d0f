// All resonant methods on a world in which all is known: no bump where there is none, a bump where there is one.

#include <eddy/base/artefact.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/search/resonant/resonant.hpp>
#include <eddy/search/scorer.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace eddy::search {
namespace {

constexpr std::size_t kData = 30000;
constexpr std::size_t kInjected = 170;  // 95 % of them in the signal region: S / sqrt(B) = 3 there before any cut

struct Variant {
  std::string method;
  std::string space;
  std::string reference;
  double correlation = 0.2;  // of the features with the mass
  friend std::ostream& operator<<(std::ostream& out, const Variant& v) { return out << v.method; }
};

SearchConfig config_of(const Variant& variant) {
  SearchConfig config = quick_resonant_config(variant.method);
  config.classifier.space = variant.space;
  config.classifier.reference = variant.reference;
  config.classifier.members = 4;
  return config;
}

SearchInputs make_inputs(std::size_t n_injected, double correlation) {
  SearchInputs inputs = resonance_inputs(kData, n_injected, 1, correlation);
  inputs.benchmark_background = resonance_background(2 * kData, 500, correlation);
  inputs.benchmark_signal = resonance_signal(3000, 501, correlation);
  return inputs;
}

/// Flows and benchmarks are the same in several variants: the tests of one process share their folder of tasks.
SearchRun search(const SearchInputs& inputs, const SearchConfig& config) {
  static const test::TemporaryFolder folder;
  return run_search({inputs, config, base::TaskStore(folder.path()), {}});
}

const Evaluation* named(const Finding& output, const std::string& name) {
  const auto found = std::ranges::find(output.evaluations, name, &Evaluation::name);
  return found != output.evaluations.end() ? &*found : nullptr;
}

const BumpHunt& hunt_of(const WorkingPoint& point) { return std::get<BumpHunt>(point.evidence); }

/// The largest SIC that any score reaches on the events that the search evaluated.
double best_sic(const Finding& output, double correlation) {
  const auto scores_of = [&](const ScoredSample& sample, bool background_of_signal_region) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < sample.x.rows(); ++i) {
      if (!background_of_signal_region || (sample.in_signal_region[i] != 0 && sample.truth[i] == 0)) {
        rows.push_back(i);
      }
    }
    return optimal_score(take_events(sample, rows), correlation);
  };
  return classify::summarise_sic(classify::roc_curve(scores_of(output.data, true), scores_of(output.signal, false)))
      .max;
}

/// The first feature in steps of half its standard deviation, as multiplicities are.
void round_first_feature(Sample& sample) {
  for (std::size_t i = 0; i < sample.size(); ++i) {
    sample.x(i, 0) = std::nearbyint(2 * sample.x(i, 0)) / 2;
  }
}

TEST(ResonantSearchWithSteps, BackgroundAloneGivesNoBump) {
  const SearchConfig config = config_of({.method = "lacathode", .space = "x_prime", .reference = "normal"});
  SearchInputs inputs = resonance_inputs(kData, 0, 1, 0.2);
  round_first_feature(inputs.data);
  dequantise(config, inputs);
  const Finding output = search(inputs, config).finding;
  EXPECT_TRUE(output.gate->passed) << output.gate->auc << " of a density of spikes";
  for (const WorkingPoint& point : output.working_points) {
    // Without spreading, the gate fails (AUC 0.64) and no background fit converges behind the cuts.
    EXPECT_LT(std::abs(point.z), 3.5) << "at efficiency " << point.efficiency;
  }
}

class ResonantSearch : public testing::TestWithParam<Variant> {};

TEST_P(ResonantSearch, background_alone_gives_no_bump) {
  const Finding output = search(make_inputs(0, GetParam().correlation), config_of(GetParam())).finding;
  ASSERT_EQ(output.working_points.size(), 3U);
  EXPECT_EQ(output.signal_window->low, kWindowLow);
  EXPECT_EQ(output.signal_window->high, kWindowHigh);
  for (const WorkingPoint& point : output.working_points) {
    ASSERT_TRUE(hunt_of(point).signal.has_value()) << "at efficiency " << point.efficiency;
    // Nine variants with three points each: the largest of 27 normal numbers exceeds 3.5 once in 80 times.
    EXPECT_LT(std::abs(hunt_of(point).signal->z), 3.5) << "at efficiency " << point.efficiency;
    // Trees know few different scores, and ties are kept whole: the cut keeps the wanted fraction of the signal region
    // or more, and what it keeps is what it says. It may keep less by two events in each fold: an event is placed at
    // (n + 1) / (N + 1), where n counts itself, since it is one of the N; and the cut is rounded down to a whole event.
    const double all = hunt_of(output.working_points.front()).observed;
    const double n_folds = static_cast<double>(config_of(GetParam()).folds.k);
    EXPECT_GE(hunt_of(point).observed, point.efficiency * all - 2 * n_folds) << "at efficiency " << point.efficiency;
    EXPECT_NEAR(hunt_of(point).observed, point.realised_efficiency * all, 1e-6 * all)
        << "at efficiency " << point.efficiency;
  }
  EXPECT_EQ(output.n_scored, kData);
  EXPECT_TRUE(std::ranges::all_of(output.data.score, [](float s) { return s >= 0 && s <= 1; }));
}

TEST_P(ResonantSearch, signal_is_found) {
  const Variant& variant = GetParam();
  const Finding output = search(make_inputs(kInjected, variant.correlation), config_of(variant)).finding;
  const double before = hunt_of(output.working_points.at(0)).signal.value().z;
  const WorkingPoint& at_10_percent = output.working_points.at(1);
  // Without a cut 3 sigma are expected, and one of fluctuation. The cut keeps a tenth of about 3000 events: with half
  // of the 160 signal events, an excess of 80 over 220 is 5 sigma; three quarters of the signal are asked for.
  EXPECT_GT(hunt_of(at_10_percent).signal.value().z, std::max(5.0, before));
  EXPECT_GT(at_10_percent.true_signal.value(), 120);
  EXPECT_EQ(output.n_injected, kInjected);

  const double best = best_sic(output, variant.correlation);
  const Evaluation& method = output.evaluations.at(0);
  // Nothing separates better than the ratio of the true densities; both maxima are of noisy curves: counts of 20
  // background events or more.
  EXPECT_LT(method.sic.max, best * (1 + 2 / std::sqrt(20.0)));
  // The best score keeps 86 % of the signal (within two of its sigma) and less than 1 % of the background. A weakly
  // supervised method that learned from 80 signal events in each fold must get most of that.
  EXPECT_GT(method.sic.max, 0.6 * best);
  if (const Evaluation* supervised = named(output, "supervised")) {
    EXPECT_GT(supervised->sic.max, 0.6 * best);
    EXPECT_GT(supervised->sic.max, 0.8 * method.sic.max);  // best within the errors of a maximum
    EXPECT_GT(supervised->auc, 0.95);
  }
  EXPECT_EQ(method.retrainings.size(), 2U);
  EXPECT_FALSE(method.band.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Methods, ResonantSearch,
    testing::Values(Variant{"cathode", "x", "flow_samples"}, Variant{"lacathode", "z", "normal"},
                    Variant{"lacathode", "z", "control_region"}, Variant{"lacathode", "x_prime", "normal"},
                    Variant{"lacathode", "x_prime", "control_region"}, Variant{"anode", "x", "flow_samples"},
                    Variant{"cwola", "x", "control_region", 0}, Variant{"idealized", "x", "true_background"},
                    Variant{"idealized", "z", "true_background"}, Variant{"supervised", "x", "true_background"}),
    [](const auto& v) { return v.param.method + "_" + v.param.space + "_" + v.param.reference; });

/// Nothing where so few sideband events pass that no shape can be fitted.
std::optional<double> z_of(const WorkingPoint& point) {
  return hunt_of(point).signal ? std::optional(hunt_of(point).signal->z) : std::nullopt;
}

const Variant kLacathode = {"lacathode", "z", "normal"};

TEST(ResonantResult, is_the_same_for_any_number_of_threads) {
  SearchInputs inputs = resonance_inputs(8000, 80, 1, 0.2);
  inputs.benchmark_signal = resonance_signal(1000, 501, 0.2);
  inputs.benchmark_background = resonance_background(8000, 500, 0.2);
  SearchConfig config = config_of(kLacathode);
  config.bump_hunt.scan_points = 5;
  config.bump_hunt.toys = 20;
  std::array<SearchRun, 2> runs;
  for (std::size_t n = 0; n < 2; ++n) {
    const base::ThreadLimit limit(n + 1);
    const test::TemporaryFolder folder;  // nothing is found from the run before
    runs[n] = run_search({inputs, config, base::TaskStore(folder.path()), {}});
  }
  const Finding& one = runs[0].finding;
  const Finding& two = runs[1].finding;
  EXPECT_EQ(one.data.score, two.data.score);
  EXPECT_EQ(one.data.background_efficiency, two.data.background_efficiency);
  EXPECT_TRUE(std::ranges::equal(one.data.latent.values(), two.data.latent.values()));
  EXPECT_EQ(one.gate->auc, two.gate->auc);
  for (std::size_t i = 0; i < one.working_points.size(); ++i) {
    EXPECT_EQ(one.working_points[i].thresholds, two.working_points[i].thresholds);
    EXPECT_EQ(z_of(one.working_points[i]), z_of(two.working_points[i]));
  }
  for (std::size_t i = 0; i < 2; ++i) {  // at 3 % there are too few events
    EXPECT_EQ(hunt_of(one.working_points[i]).scan.value().global_p_value,
              hunt_of(two.working_points[i]).scan.value().global_p_value);
  }
  for (std::size_t i = 0; i < one.evaluations.size(); ++i) {
    EXPECT_EQ(one.evaluations[i].auc, two.evaluations[i].auc);
  }
  for (std::size_t c = 0; c < one.sculpting.value().curves.size(); ++c) {
    EXPECT_EQ(one.sculpting->curves[c].points.back().median, two.sculpting.value().curves[c].points.back().median);
  }
  EXPECT_EQ(runs[0].scorer, runs[1].scorer);
}

TEST(ResonantResult, labels_change_no_number_of_the_search) {
  SearchInputs inputs = resonance_inputs(8000, 80, 1, 0.2);
  const Finding with = search(inputs, config_of(kLacathode)).finding;
  inputs.data.truth.clear();
  const Finding without = search(inputs, config_of(kLacathode)).finding;
  EXPECT_EQ(with.data.score, without.data.score);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(z_of(with.working_points[i]), z_of(without.working_points[i]));
  }
  EXPECT_TRUE(z_of(with.working_points[1]).has_value());
  EXPECT_TRUE(with.working_points[1].true_signal.has_value());
  EXPECT_FALSE(without.working_points[1].true_signal.has_value());
  EXPECT_TRUE(without.evaluations.empty());
  EXPECT_EQ(without.sculpting.value().events, "data");
}

TEST(ResonantResult, simulated_signal_beside_data_without_labels_is_no_truth) {
  // Once read the labels that were not there.
  SearchInputs inputs = resonance_inputs(8000, 0, 1, 0.2);
  inputs.benchmark_signal = resonance_signal(1000, 501, 0.2);
  const Finding output = search(inputs, config_of(kLacathode)).finding;
  EXPECT_TRUE(output.evaluations.empty());
  EXPECT_EQ(output.signal.score.size(), region_rows(inputs.benchmark_signal, true).size());
  EXPECT_EQ(output.sculpting.value().curves.size(), 1U);
}

TEST(ResonantResult, latent_cut_does_not_sculpt_where_a_cut_in_x_does) {
  // Features that follow the mass by 0.5 per TeV: two sigma from end to end of the spectrum.
  SearchInputs inputs = resonance_inputs(kData, 0, 1, 0.5);
  inputs.benchmark_background = resonance_background(kData, 500, 0.5);
  inputs.benchmark_signal = resonance_signal(1000, 501, 0.5);
  inputs.data.truth.assign(inputs.data.size(), 0);
  SearchConfig config = config_of({"lacathode", "x_prime", "control_region"});
  config.flow.training.epochs = 10;
  const Sculpting sculpting = search(inputs, config).finding.sculpting.value();
  const auto at = [&](const std::vector<MedianBand>& points, double efficiency) {
    return std::ranges::find_if(points,
                                [&](const MedianBand& p) { return std::abs(p.efficiency / efficiency - 1) < 0.01; })
        ->median;
  };
  const auto curve = [&](const std::string& name) {
    return std::ranges::find(sculpting.curves, name, &SculptingCurve::name)->points;
  };
  const double random = at(sculpting.random_subsets, 0.1);
  EXPECT_NEAR(random, 0.9, 0.2);  // 1 - e; 49 degrees of freedom, 50 subsets
  // One chi2/ndof has the spread sqrt(2 / 49) = 0.2, the median of two less: four of it.
  EXPECT_LT(at(curve("LaCATHODE"), 0.1), random + 0.8);
  // The labelled signal lies 2.5 sigma above the mean at 3.5 TeV: the cut follows the mass by exp(2.5 * 2 * 0.5 m).
  EXPECT_GT(at(curve("supervised"), 0.1), 10 * random);
}

TEST(ResonantResult, one_scored_fold_is_a_third_of_the_data) {
  SearchConfig config = config_of(kLacathode);
  config.folds = {.k = 3, .score = "one"};
  const Finding output = search(resonance_inputs(12000, 80, 1, 0.2), config).finding;
  const double n = 12080;
  EXPECT_NEAR(static_cast<double>(output.n_scored), n / 3, 4 * std::sqrt(n * 2 / 9));  // binomial
  EXPECT_EQ(output.n_folds, 1U);
  EXPECT_EQ(output.data.score.size(), output.n_scored);
  EXPECT_EQ(output.working_points.at(1).thresholds.size(), 1U);
}

TEST(ResonantResult, the_scorer_repeats_the_search_on_fresh_events) {
  SearchInputs inputs = make_inputs(kInjected, 0.2);
  const SearchRun run = search(inputs, config_of(kLacathode));
  const test::TemporaryFolder folder;
  base::write_artefact(folder.file("scorer"), run.scorer);
  const base::Json scorer = base::read_artefact(folder.file("scorer"));
  const Sample fresh = resonance_background(kData, 900, 0.2);
  const ScoredEvents scored = score_events(scorer, fresh.x, fresh.context);
  // Fresh background of the signal region passes a cut about as often as the data, which is background but for 5 %.
  double n = 0;
  double n_pass = 0;
  for (const std::size_t row : region_rows(fresh, true)) {
    n += 1;
    n_pass += scored.background_efficiency[row] <= 0.5F ? 1 : 0;
  }
  EXPECT_NEAR(n_pass / n, 0.5, 0.05 + 4 * std::sqrt(2 * 0.25 / n));
  const Sample signal = resonance_signal(2000, 901, 0.2);
  const ScoredEvents high = score_events(scorer, signal.x, signal.context);
  EXPECT_GT(classify::auc(scored.score, high.score), 0.9);
  EXPECT_EQ(scored.latent.cols(), 2U);
}

}  // namespace
}  // namespace eddy::search
