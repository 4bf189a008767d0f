// Whole searches of every family with weighted events: weights of 1 change no bit, and weights do what they mean.

#include <eddy/search/conrad/conrad.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/extrapolation/extrapolation.hpp>
#include <eddy/search/quak/quak.hpp>
#include <eddy/search/resonant/resonant.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_extrapolation.hpp>
#include <search/synthetic_losses.hpp>
#include <search/synthetic_resonance.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

/// A search in a folder of its own, so that nothing is found that another one trained.
Finding afresh(const SearchInputs& inputs, const SearchConfig& config) {
  const test::TemporaryFolder folder;
  return run_search({inputs, config, base::TaskStore(folder.path()), {}}).finding;
}

Finding conrad(const SearchInputs& inputs, const SearchConfig& config) { return afresh(inputs, config); }

void set_weights(Sample& sample, float weight) { sample.weight.assign(sample.size(), weight); }

void expect_same(const std::vector<Evaluation>& a, const std::vector<Evaluation>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].auc, b[i].auc) << a[i].name;
    EXPECT_EQ(a[i].sic.max, b[i].sic.max) << a[i].name;
  }
}

class WeightedConrad : public testing::TestWithParam<const char*> {};

/// Of a factor on all weights nothing may depend either; a power of two is not even rounded.
TEST_P(WeightedConrad, equal_weights_change_no_bit) {
  SearchConfig config = quick_config();
  config.flow.training.epochs = 1;
  config.flow.training.batch_size = 512;
  config.classifier.reference = GetParam();
  SearchInputs inputs = background_inputs(2000, 4000, 1);
  add_signal(signal_sample(50, 7), inputs.data);
  inputs.benchmark_signal = signal_sample(500, 8);
  inputs.benchmark_background = background_sample(2000, 500);
  const Finding plain = conrad(inputs, config);
  for (const float weight : {1.0F, 0.25F}) {
    set_weights(inputs.template_sample, weight);
    set_weights(inputs.benchmark_signal, weight);
    set_weights(inputs.benchmark_background, weight);
    const Finding weighted = conrad(inputs, config);
    EXPECT_EQ(weighted.data.score, plain.data.score);
    EXPECT_EQ(weighted.data.background_efficiency, plain.data.background_efficiency);
    EXPECT_EQ(weighted.gate->auc, plain.gate->auc);
    EXPECT_EQ(weighted.gate->auc_error, plain.gate->auc_error);
    ASSERT_EQ(weighted.closure.front().points.size(), plain.closure.front().points.size());
    for (std::size_t i = 0; i < plain.closure.front().points.size(); ++i) {
      EXPECT_EQ(weighted.closure.front().points[i].ratio, plain.closure.front().points[i].ratio);
      EXPECT_DOUBLE_EQ(weighted.closure.front().points[i].ratio_error, plain.closure.front().points[i].ratio_error);
    }
    for (std::size_t i = 0; i < plain.working_points.size(); ++i) {
      EXPECT_EQ(weighted.working_points[i].thresholds, plain.working_points[i].thresholds);
      EXPECT_DOUBLE_EQ(weighted.working_points[i].z, plain.working_points[i].z);
    }
    expect_same(weighted.evaluations, plain.evaluations);
  }
}

INSTANTIATE_TEST_SUITE_P(References, WeightedConrad, testing::Values("template", "control_region"));

/// A template whose features are shifted by 0.4 sigma, and weights that take the shift out again.
Sample shifted_template(std::size_t n, std::uint64_t seed) {
  constexpr float kShift = 0.4F;
  Sample sample = background_sample(n, seed);
  for (std::size_t i = 0; i < n; ++i) {
    double log_weight = 0;
    for (float& x : sample.x.row(i)) {
      const double pull = x - sample.context(i, 0) / 2;  // N(0, 1)
      x += kShift;
      log_weight -= kShift * pull + 0.5 * kShift * kShift;  // N(0, 1) over N(kShift, 1) at pull + kShift
    }
    sample.weight.push_back(std::exp(log_weight));
  }
  return sample;
}

TEST(WeightedConrad, a_template_closes_on_the_density_that_it_is_weighted_to) {
  SearchConfig config = quick_config();
  config.flow.training.epochs = 6;
  config.classifier.reference = "template";
  SearchInputs inputs = background_inputs(12000, 0, 1);
  inputs.template_sample = shifted_template(24000, 1001);
  const Finding weighted = conrad(inputs, config);
  // Flows learned the density of the data: their latent is N(0, 1), which the gate sees of weighted template events.
  const auto mean_of_data = [](const Finding& output, std::size_t d) {
    double sum = 0;
    for (std::size_t i = 0; i < output.data.latent.rows(); ++i) {
      sum += output.data.latent(i, d);
    }
    return sum / static_cast<double>(output.data.latent.rows());
  };
  for (std::size_t d = 0; d < kFeatures; ++d) {
    EXPECT_NEAR(mean_of_data(weighted, d), 0, 0.1) << "dimension " << d;
  }
  EXPECT_LT(weighted.gate->auc, 0.55);
  // An effective size of exp(-3 0.4^2) = 0.62 makes the error 1.36 / sqrt(12 n) instead of 1.12.
  const auto n_judged = static_cast<double>(region_rows(weighted.template_sample, true).size());
  EXPECT_NEAR(weighted.gate->auc_error * std::sqrt(12 * n_judged), 1.36, 0.06);
  for (const WorkingPoint& point : weighted.working_points) {
    // The cut keeps of the data what it keeps of the weighted template, four sigma of the data and of the template's
    // effective third.
    const double kept = std::get<Abcd>(point.evidence).counts.a /
                        (std::get<Abcd>(point.evidence).counts.a + std::get<Abcd>(point.evidence).counts.b);
    EXPECT_NEAR(kept, point.efficiency,
                4 * std::sqrt(4 * point.efficiency /
                              (std::get<Abcd>(point.evidence).counts.a + std::get<Abcd>(point.evidence).counts.b)))
        << point.efficiency;
    EXPECT_LT(std::abs(point.z), 3.5) << point.efficiency;
  }
  for (const ClosurePoint& point : weighted.closure.front().points) {
    EXPECT_NEAR(point.ratio, 1, 4 * std::hypot(point.ratio_error, point.ratio * point.observed_error))
        << point.efficiency;
  }
  // Without its weights the template is something else, which the flows then say.
  inputs.template_sample.weight.clear();
  EXPECT_LT(mean_of_data(conrad(inputs, config), 0), -0.25);
}

/// p_data / p_simulation of the synthetic extrapolation.
std::vector<double> weights_to_data(const Sample& simulation) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < simulation.size(); ++i) {
    double log_weight = 0;
    double sum = 0;
    for (const float c : simulation.context.row(i)) {
      log_weight += c / 0.9 - c + std::log(0.9);
      sum += c;
    }
    for (const float x : simulation.x.row(i)) {
      const double pull = x - sum / 2;
      log_weight += 0.5 * (pull + 0.4) * (pull + 0.4) - 0.5 * pull * pull;
    }
    weights.push_back(std::exp(log_weight));
  }
  return weights;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

class WeightedExtrapolation : public testing::TestWithParam<const char*> {};

TEST_P(WeightedExtrapolation, equal_weights_change_no_bit) {
  SearchConfig config = extrapolation_config(GetParam(), "sr");
  config.weights.network.training.epochs = 1;
  config.flow.training.epochs = 1;
  config.transfer.training.epochs = 1;
  config.weights.clip = 1.5;
  SearchInputs inputs = extrapolation_inputs(3000, 3000, 5);
  add_signal_events(30, 5, inputs);
  const Finding plain = afresh(inputs, config);
  for (const float weight : {1.0F, 0.25F}) {
    set_weights(inputs.simulation, weight);
    const Finding weighted = afresh(inputs, config);
    EXPECT_EQ(weighted.data.score, plain.data.score);
    for (std::size_t i = 0; i < plain.working_points.size(); ++i) {
      EXPECT_EQ(weighted.working_points[i].predicted, plain.working_points[i].predicted);
      EXPECT_EQ(weighted.working_points[i].predicted_error, plain.working_points[i].predicted_error);
    }
    for (std::size_t i = 0; i < plain.closure_tests.size(); ++i) {
      EXPECT_EQ(weighted.closure_tests[i].auc, plain.closure_tests[i].auc) << plain.closure_tests[i].name;
    }
    expect_same(weighted.evaluations, plain.evaluations);
  }
}

TEST_P(WeightedExtrapolation, simulation_that_is_weighted_to_the_data_needs_no_correction) {
  SearchInputs inputs = extrapolation_inputs(16000, 16000, 6);
  inputs.simulation.weight = weights_to_data(inputs.simulation);
  const Finding output = afresh(inputs, extrapolation_config(GetParam(), "sr"));
  for (const ClosureTest& test : output.closure_tests) {
    // Without weights the simulation reaches 0.60 and 0.63; an AUC is known to 0.015 here. What flows of six epochs do
    // to the features of the signal region is theirs: Morph reaches 0.54 with and without weights.
    const bool is_extrapolated =
        test.region == "signal region" && test.name != "simulation" && test.name != "idealized";
    EXPECT_NEAR(mean(test.auc), 0.5, is_extrapolated ? 0.06 : 0.035) << test.region << ", " << test.name;
  }
  for (const WorkingPoint& point : output.working_points) {
    EXPECT_NEAR(point.observed, point.predicted, 3 * std::hypot(point.predicted_error, std::sqrt(point.predicted)))
        << "efficiency " << point.efficiency;
  }
  const double n = static_cast<double>(region_rows(inputs.simulation, true).size());
  EXPECT_LT(output.weights.back().effective, 0.9 * n) << "what the simulation's own weights leave";
}

INSTANTIATE_TEST_SUITE_P(Methods, WeightedExtrapolation, testing::Values("reweight", "generate", "morph"));

class WeightedResonance : public testing::TestWithParam<const char*> {};

TEST_P(WeightedResonance, equal_weights_change_no_bit) {
  SearchConfig config = quick_resonant_config(GetParam());
  config.classifier.classifier.trees.max_iterations = 5;
  SearchInputs inputs = resonance_inputs(4000, 60, 1, 0.2);
  inputs.benchmark_background = resonance_background(6000, 50, 0.2);
  inputs.benchmark_signal = resonance_signal(500, 51, 0.2);
  inputs.signal_template_masses = first_context(resonance_signal(500, 52, 0.2));
  const Finding plain = afresh(inputs, config);
  for (const float weight : {1.0F, 0.25F}) {
    set_weights(inputs.benchmark_background, weight);
    set_weights(inputs.benchmark_signal, weight);
    inputs.signal_template_weights.assign(inputs.signal_template_masses.size(), weight);
    const Finding weighted = afresh(inputs, config);
    EXPECT_EQ(weighted.data.score, plain.data.score);
    expect_same(weighted.evaluations, plain.evaluations);
    EXPECT_EQ(std::get<BumpHunt>(weighted.working_points.front().evidence).signal_template,
              std::get<BumpHunt>(plain.working_points.front().evidence).signal_template);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, WeightedResonance, testing::Values("cwola", "supervised", "idealized"));

/// Half of the true background is signal, of weight 0: idealized and supervised classifiers must not notice it.
TEST(WeightedResonance, what_counts_nothing_teaches_nothing) {
  SearchConfig config = quick_resonant_config("idealized");
  SearchInputs inputs = resonance_inputs(20000, 400, 1, 0.2);
  inputs.benchmark_signal = resonance_signal(2000, 51, 0.2);
  inputs.benchmark_background = resonance_background(20000, 50, 0.2);
  const Sample signal = resonance_signal(2000, 53, 0.2);
  Sample& background = inputs.benchmark_background;
  background.weight.assign(background.size(), 1.0F);
  background.weight.resize(background.size() + signal.size(), 0.0F);
  background.x = base::stack_rows(background.x, signal.x);
  background.context = base::stack_rows(background.context, signal.context);
  background.in_signal_region.insert(background.in_signal_region.end(), signal.in_signal_region.begin(),
                                     signal.in_signal_region.end());
  background.index.resize(background.x.rows());
  std::iota(background.index.begin(), background.index.end(), std::uint64_t{0});
  const double weighted = afresh(inputs, config).evaluations.front().auc;
  background.weight.clear();
  const double unweighted = afresh(inputs, config).evaluations.front().auc;
  EXPECT_GT(weighted, 0.8);
  EXPECT_LT(unweighted, 0.5) << "more signal in the reference than in the data";
}

SearchInputs quak_inputs() {
  const auto draw = [](std::size_t n, std::uint64_t seed, double shift) {
    Sample sample;
    sample.x = base::Matrix(n, 3);
    sample.context = base::Matrix(n, 1);
    base::RandomStream stream({seed}, "quak events");
    for (std::size_t i = 0; i < n; ++i) {
      const double along = stream.normal();
      for (float& x : sample.x.row(i)) {
        x = static_cast<float>(shift + along + 0.3 * stream.normal());
      }
      sample.context(i, 0) = static_cast<float>(falling_mass(stream.uniform()));
      sample.in_signal_region.push_back(1);
      sample.index.push_back(i);
    }
    return sample;
  };
  SearchInputs inputs;
  inputs.data = draw(1500, 1, 0);
  inputs.background = draw(1500, 2, 0);
  inputs.priors = {draw(800, 3, 2)};
  inputs.evaluated = {draw(800, 4, 2)};
  inputs.features = {{"a", ""}, {"b", ""}, {"c", ""}};
  inputs.contexts = {{"mjj", "GeV"}};
  inputs.records.resize(1);
  inputs.records.front().role = "data";
  return inputs;
}

SearchConfig weighted_quak_config() {
  SearchConfig config = quick_quak_config();
  config.evaluate = {{.name = "like the prior", .sample = {}}};
  config.vae.hidden = {8};
  config.vae.latent = 1;
  config.vae.flow_layers = 1;
  config.vae.training.epochs = 2;
  config.vae.training.batch_size = 64;
  config.quak.toys = 0;
  config.quak.categories = 1;
  config.supervised.network.training.epochs = 1;
  return config;
}

TEST(WeightedQuak, equal_weights_change_no_bit) {
  SearchInputs inputs = quak_inputs();
  const SearchConfig config = weighted_quak_config();
  const Finding plain = afresh(inputs, config);
  for (const float weight : {1.0F, 0.25F}) {
    set_weights(inputs.background, weight);
    set_weights(inputs.priors[0], weight);
    set_weights(inputs.evaluated[0], weight);
    const Finding weighted = afresh(inputs, config);
    EXPECT_TRUE(std::ranges::equal(weighted.loss_space->data.loss.values(), plain.loss_space->data.loss.values()));
    ASSERT_TRUE(evidence_of<CategorySearch>(plain) != nullptr && evidence_of<CategorySearch>(weighted) != nullptr);
    EXPECT_EQ(evidence_of<CategorySearch>(weighted)->threshold, evidence_of<CategorySearch>(plain)->threshold);
    ASSERT_EQ(weighted.loss_space->separations.size(), plain.loss_space->separations.size());
    for (std::size_t i = 0; i < plain.loss_space->separations.size(); ++i) {
      EXPECT_EQ(weighted.loss_space->separations[i].evaluation.auc, plain.loss_space->separations[i].evaluation.auc)
          << plain.loss_space->separations[i].evaluation.name;
    }
  }
}

TEST(WeightedQuak, the_preselection_keeps_a_fraction_of_the_weights) {
  SearchInputs inputs = quak_inputs();
  for (std::size_t i = 0; i < inputs.background.size(); ++i) {
    inputs.background.weight.push_back(i % 4 == 0 ? 5.0F : 0.5F);
  }
  const SearchConfig config = weighted_quak_config();
  const Finding output = afresh(inputs, config);
  ASSERT_NE(evidence_of<CategorySearch>(output), nullptr);
  double passing = 0;
  double all = 0;
  for (std::size_t i = 0; i < output.loss_space->background.weight.size(); ++i) {
    all += output.loss_space->background.weight[i];
    passing += output.loss_space->background.loss(i, 0) >= evidence_of<CategorySearch>(output)->threshold
                   ? output.loss_space->background.weight[i]
                   : 0;
  }
  EXPECT_NEAR(passing, config.quak.preselection * all, 2.5) << "half of the largest weight";
}

}  // namespace
}  // namespace eddy::search
