// The whole method on a world in which all is known: no excess where there is none, an excess where there is one.

#include <eddy/search/conrad/conrad.hpp>
#include <eddy/search/copies.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

constexpr std::size_t kData = 20000;
constexpr std::size_t kTemplate = 20000;
constexpr std::size_t kInjected = 300;  // S / sqrt(B) = 3.5 before any cut on the score

struct Variant {
  std::string space;
  std::string reference;
  friend std::ostream& operator<<(std::ostream& out, const Variant& v) { return out << v.space << "_" << v.reference; }
};

SearchConfig config_of(const Variant& variant) {
  SearchConfig config = quick_config();
  config.classifier.space = variant.space;
  config.classifier.reference = variant.reference;
  config.classifier.members = 4;
  return config;
}

/// Flows are the same in all variants: the tests share their folder of tasks.
Finding search(const SearchInputs& inputs, const SearchConfig& config) {
  static const test::TemporaryFolder folder;
  return run_search({inputs, config, base::TaskStore(folder.path()), {}}).finding;
}

SearchInputs with_signal() {
  SearchInputs inputs = background_inputs(kData, kTemplate, 1);
  add_signal(signal_sample(kInjected, 7), inputs.data);
  inputs.n_injected = kInjected;
  inputs.benchmark_signal = signal_sample(5000, 8);
  inputs.benchmark_background = background_sample(kData, 500);
  return inputs;
}

const Evaluation& named(const Finding& output, const std::string& name) {
  return *std::ranges::find(output.evaluations, name, &Evaluation::name);
}

class SearchVariants : public testing::TestWithParam<Variant> {};

TEST_P(SearchVariants, background_alone_gives_no_excess_and_closes) {
  const Finding output = search(background_inputs(kData, kTemplate, 1), config_of(GetParam()));
  ASSERT_EQ(output.working_points.size(), 2U);
  for (const WorkingPoint& point : output.working_points) {
    EXPECT_LT(std::abs(std::get<Abcd>(point.evidence).fit.z), 3) << "at efficiency " << point.efficiency;
    // The cut keeps what it keeps of the template (more than was asked for where few trees leave few different scores);
    // Poisson errors of it and of the template that fixed the cut, four sigma.
    const double expected =
        point.realised_efficiency * (std::get<Abcd>(point.evidence).counts.a + std::get<Abcd>(point.evidence).counts.b);
    EXPECT_GT(std::get<Abcd>(point.evidence).counts.a, expected - 4 * std::sqrt(2 * expected))
        << "at efficiency " << point.efficiency;
    EXPECT_LT(std::get<Abcd>(point.evidence).counts.a, expected + 4 * std::sqrt(2 * expected))
        << "at efficiency " << point.efficiency;
  }
  EXPECT_EQ(output.closure.at(0).name, "held-out template");
  for (const ClosurePoint& point : output.closure[0].points) {
    // The prediction is k times a count n_C; given the sum of both counts, n_A is binomial with p = k / (1 + k), so
    // that n_A - k n_C has the variance k (n_A + n_C). Four standard errors, as six variants have tens of points each,
    // and 10 % for flows of three epochs.
    const double n_c = std::pow(point.ratio / point.ratio_error, 2);
    const double k = point.predicted / n_c;
    EXPECT_NEAR(point.predicted, point.observed, 0.1 * point.observed + 4 * std::sqrt(k * (point.observed + n_c)))
        << "at efficiency " << point.efficiency;
  }
  EXPECT_TRUE(output.evaluations.empty());
}

TEST_P(SearchVariants, signal_is_found) {
  const Finding output = search(with_signal(), config_of(GetParam()));
  for (const WorkingPoint& point : output.working_points) {
    EXPECT_GT(std::get<Abcd>(point.evidence).fit.z, 3) << "at efficiency " << point.efficiency;
    EXPECT_GT(std::get<Abcd>(point.evidence).counts.a, point.true_background.value());
  }
  EXPECT_GT(named(output, "CONRAD").sic.max, 1.5);
  EXPECT_EQ(output.n_injected, kInjected);
  // What knows more finds at least as much, within the fluctuations of training on a few thousand events.
  const Evaluation& supervised = named(output, "supervised");
  EXPECT_GT(supervised.auc, 0.99);  // three features, each three sigma away
  EXPECT_GT(named(output, "idealized (x)").sic.max, 1.5);
  EXPECT_GT(named(output, "idealized (z)").sic.max, 1.5);
  EXPECT_GT(supervised.sic.max, 0.8 * named(output, "CONRAD").sic.max);
}

INSTANTIATE_TEST_SUITE_P(Search, SearchVariants,
                         testing::Values(Variant{"x_prime", "control_region"}, Variant{"x_prime", "template"},
                                         Variant{"x_prime", "normal"}, Variant{"z", "control_region"},
                                         Variant{"z", "template"}, Variant{"z", "normal"}),
                         [](const auto& variant) { return variant.param.space + "_" + variant.param.reference; });

TEST(SearchResult, every_event_is_scored_out_of_fold) {
  const SearchInputs inputs = with_signal();
  const Finding output = search(inputs, config_of({"x_prime", "control_region"}));
  EXPECT_EQ(output.data.score.size(), kData + kInjected);
  EXPECT_TRUE(std::ranges::all_of(output.data.score, [](float s) { return s > 0 && s < 1; }));
  EXPECT_TRUE(std::ranges::all_of(output.data.background_efficiency, [](float e) { return e > 0 && e <= 1; }));
  EXPECT_EQ(output.template_sample.latent.rows(), output.template_sample.x.rows());
  // The background in the signal region has the template's distribution of scores: a fraction e of it passes at e.
  for (const double e : {0.05, 0.2, 0.5}) {
    double n = 0;
    double n_pass = 0;
    for (std::size_t i = 0; i < kData; ++i) {
      if (output.data.in_signal_region[i] != 0) {
        n += 1;
        n_pass += output.data.background_efficiency[i] <= e ? 1 : 0;
      }
    }
    EXPECT_NEAR(n_pass / n, e, 4 * std::sqrt(2 * e * (1 - e) / n))
        << e;  // fresh events and the template that fixed the cut
  }
}

TEST(SearchResult, labels_change_no_number_of_the_search) {
  SearchInputs blind = with_signal();
  blind.data.truth.clear();
  const SearchConfig config = config_of({"x_prime", "control_region"});
  const Finding with = search(with_signal(), config);
  const Finding without = search(blind, config);
  EXPECT_EQ(with.data.score, without.data.score);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(std::get<Abcd>(with.working_points[i].evidence).fit.p_value,
              std::get<Abcd>(without.working_points[i].evidence).fit.p_value);
  }
  EXPECT_TRUE(without.evaluations.empty());
}

/// Trees free to learn every event by heart: a third of the template stands in the data too, and the copies that a fold
/// was trained on would score far above what they should say of.
TEST(Search, copies_of_the_data_in_the_template_move_neither_thresholds_nor_closure) {
  constexpr std::size_t kCopied = 4000;
  SearchInputs inputs = background_inputs(kCopied, 2 * kCopied, 1);
  Sample& sample = inputs.template_sample;
  sample.x = base::stack_rows(sample.x, inputs.data.x);
  sample.context = base::stack_rows(sample.context, inputs.data.context);
  sample.in_signal_region.insert(sample.in_signal_region.end(), inputs.data.in_signal_region.begin(),
                                 inputs.data.in_signal_region.end());
  while (sample.index.size() < sample.x.rows()) {
    sample.index.push_back(sample.index.size());
  }
  ASSERT_EQ(find_twins(sample, inputs.data), kCopied);
  SearchConfig config = config_of({"x_prime", "normal"});
  config.flow_members = 5;  // every template event is held out by one
  config.classifier.members = 5;
  config.classifier.classifier.trees = {.max_iterations = 40,
                                        .max_leaves = 500,
                                        .learning_rate = 0.5,
                                        .min_leaf_events = 1,
                                        .validation_fraction = 0.1,
                                        .patience = 0};
  const Finding output = search(inputs, config);
  const double n = static_cast<double>(std::ranges::count(inputs.data.in_signal_region, 1));
  for (const double e : {0.1, 0.3}) {
    double n_pass = 0;
    for (std::size_t i = 0; i < kCopied; ++i) {
      n_pass += inputs.data.in_signal_region[i] != 0 && output.data.background_efficiency[i] <= e ? 1 : 0;
    }
    EXPECT_NEAR(n_pass / n, e, 4 * std::sqrt(2 * e * (1 - e) / n)) << "at efficiency " << e;
  }
  for (const ClosurePoint& point : output.closure.at(0).points) {
    const double error = std::hypot(point.ratio_error, point.ratio * point.observed_error);
    EXPECT_NEAR(point.ratio, 1, 0.1 + 4 * error) << "at efficiency " << point.efficiency;
  }
}

TEST(Search, gate_and_figures_use_only_template_events_that_some_flow_never_saw) {
  // Two flows hold out two of the five template folds; the latents of the others were once taken as zero.
  const Finding output = search(background_inputs(kData, kTemplate, 1), config_of({"z", "normal"}));
  const double n = static_cast<double>(output.template_sample.x.rows());
  EXPECT_NEAR(n / kTemplate, 0.4, 0.02);  // a binomial fraction of 20,000 events or more is known to 0.0035
  EXPECT_EQ(output.template_sample.score.size(), output.template_sample.x.rows());
  EXPECT_NEAR(output.gate->auc, 0.5, 0.05);
}

}  // namespace
}  // namespace eddy::search
