#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/flow_record.hpp>
#include <eddy/search/packed_detector.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>
#include <eddy/search/retrainings.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

namespace eddy::search {
namespace {

constexpr std::size_t kData = 6000;

/// A method in one of its variants.
struct Variant {
  std::string method;
  std::string space;      // empty: the default
  std::string reference;  // empty: the default
  friend std::ostream& operator<<(std::ostream& out, const Variant& v) { return out << v.method << v.space; }
};

struct World {
  explicit World(const Variant& variant)
      : config(quick_resonant_config(variant.method)), inputs(resonance_inputs(kData, 100, 1, 0.2)) {
    config.classifier.space = variant.space.empty() ? config.classifier.space : variant.space;
    config.classifier.reference = variant.reference.empty() ? config.classifier.reference : variant.reference;
    config.flow.training.epochs = 1;
    config.classifier.members = 4;
    config.classifier.classifier.trees.max_iterations = 5;
    inputs.benchmark_background = resonance_background(kData, 50, 0.2);
    inputs.benchmark_signal = resonance_signal(500, 51, 0.2);
  }
  /// Trained in a folder of its own: nothing is found.
  [[nodiscard]] TrainedMethod train() const {
    const test::TemporaryFolder folder;
    const base::TaskStore store(folder.path());
    return train_configured_method(make_resonant_task(inputs, config, store, monitor));
  }
  [[nodiscard]] std::vector<std::uint8_t> folds() const {
    const test::TemporaryFolder folder;
    const base::TaskStore store(folder.path());
    return make_resonant_task(inputs, config, store, monitor).data_fold;
  }

  SearchConfig config;
  SearchInputs inputs;
  base::Monitor monitor;
};

/// Scores of fresh events by one detector: equal for equal detectors.
std::vector<float> fingerprint(const Detector& detector) {
  const Sample probe = resonance_background(200, 77, 0.2);
  return score_events(detector, probe.x, probe.context);
}

class ResonantMethods : public testing::TestWithParam<Variant> {};

TEST_P(ResonantMethods, detectors_of_a_fold_do_not_depend_on_its_events) {
  World world(GetParam());
  const TrainedMethod before = world.train();
  const std::vector<std::uint8_t> fold = world.folds();
  for (std::size_t i = 0; i < world.inputs.data.size(); ++i) {
    if (fold[i] == 0) {
      for (float& value : world.inputs.data.x.row(i)) {
        value = 3 - value;
      }
    }
  }
  const TrainedMethod after = world.train();
  for (std::size_t r = 0; r < 2; ++r) {
    EXPECT_EQ(fingerprint(after.detectors[0][r]), fingerprint(before.detectors[0][r])) << "retraining " << r;
    if (GetParam().method != "supervised") {  // learns from the benchmark samples alone
      EXPECT_NE(fingerprint(after.detectors[1][r]), fingerprint(before.detectors[1][r])) << "retraining " << r;
    }
  }
}

TEST_P(ResonantMethods, labels_of_the_data_are_never_trained_on) {
  World world(GetParam());
  const TrainedMethod with = world.train();
  world.inputs.data.truth.clear();
  const TrainedMethod without = world.train();
  EXPECT_EQ(fingerprint(with.detectors[1][0]), fingerprint(without.detectors[1][0]));
}

TEST_P(ResonantMethods, every_fold_and_retraining_has_a_complete_detector) {
  const World world(GetParam());
  const TrainedMethod method = world.train();
  const bool is_anode = method_of(world.config).compares_densities;
  ASSERT_EQ(method.detectors.size(), 2U);
  for (const std::vector<Detector>& of_fold : method.detectors) {
    ASSERT_EQ(of_fold.size(), method_of(world.config).works_in_x_too ? 4U : 2U);
    for (std::size_t d = 0; d < of_fold.size(); ++d) {
      const Detector& detector = of_fold[d];
      EXPECT_EQ(detector.classifiers.size(), is_anode ? 0U : 2U);  // four members over two retrainings
      EXPECT_EQ(detector.data.has_value(), is_anode);
      EXPECT_EQ(detector.background.has_value(), is_anode || detector.space.kind != SpaceKind::kX);
      if (!is_anode) {
        EXPECT_EQ(to_string(detector.space.kind), d < 2 ? world.config.classifier.space : "x");
      }
    }
    EXPECT_NE(fingerprint(of_fold[0]), fingerprint(of_fold[1]));
  }
  EXPECT_EQ(method.flows.training.size(), is_anode ? 8U : needs_flow(world.config) ? 4U : 0U);
}

TEST_P(ResonantMethods, what_is_finished_is_found_again) {
  const World world(GetParam());
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const ResonantTask task = make_resonant_task(world.inputs, world.config, store, world.monitor);
  const TrainedMethod first = train_configured_method(task);
  const std::size_t n_files = folder.listing().size();
  const TrainedMethod again = train_configured_method(task);
  EXPECT_EQ(folder.listing().size(), n_files);
  base::Json flows = base::Json::array();
  base::Json flows_again = base::Json::array();
  EXPECT_EQ(pack_detector(first.detectors[1][1], flows), pack_detector(again.detectors[1][1], flows_again));
  EXPECT_EQ(flows, flows_again);
}

INSTANTIATE_TEST_SUITE_P(All, ResonantMethods,
                         testing::Values(Variant{"cathode", "", ""}, Variant{"lacathode", "z", "normal"},
                                         Variant{"lacathode", "x_prime", "control_region"}, Variant{"anode", "", ""},
                                         Variant{"r_anode", "", ""}, Variant{"cathode_lacathode", "z", ""},
                                         Variant{"cwola", "", ""}, Variant{"transport", "", ""},
                                         Variant{"supervised", "", ""}, Variant{"idealized", "x", ""},
                                         Variant{"idealized", "z", ""}),
                         [](const auto& variant) { return variant.param.method + "_" + variant.param.space; });

TEST(TrainCathodeAndLacathode, has_the_detectors_of_both_to_the_last_bit) {
  const TrainedMethod both = World({"cathode_lacathode", "z", "normal"}).train();
  const TrainedMethod latent = World({"lacathode", "z", "normal"}).train();
  const TrainedMethod in_x = World({"cathode", "", ""}).train();
  EXPECT_EQ(both.flows.training.size(), 4U) << "one flow for both";
  for (std::size_t fold = 0; fold < 2; ++fold) {
    ASSERT_EQ(both.detectors[fold].size(), 4U);
    for (std::size_t r = 0; r < 2; ++r) {
      EXPECT_EQ(fingerprint(both.detectors[fold][r]), fingerprint(latent.detectors[fold][r]));
      EXPECT_EQ(fingerprint(both.detectors[fold][2 + r]), fingerprint(in_x.detectors[fold][r]));
    }
  }
}

TEST(TrainRAnode, has_the_sidebands_of_anode_and_a_density_of_the_signal_alone) {
  World world({"r_anode", "", ""});
  const TrainedMethod residual = world.train();
  EXPECT_TRUE(residual.learns_signal);
  const TrainedMethod anode = World({"anode", "", ""}).train();
  EXPECT_FALSE(anode.learns_signal);
  const Detector& detector = residual.detectors[0][0];
  EXPECT_EQ(detector.background->to_json(), anode.detectors[0][0].background->to_json());
  EXPECT_NE(detector.data->to_json(), anode.detectors[0][0].data->to_json());
  EXPECT_EQ(anode.detectors[0][0].log_odds, 0);
  EXPECT_NE(detector.log_odds, residual.detectors[1][0].log_odds) << "each learns a share of its own";
}

TEST(TrainRAnode, keeps_a_share_that_is_given) {
  World world({"r_anode", "", ""});
  world.config.signal_flow.fraction = 0.2;
  const TrainedMethod method = world.train();
  EXPECT_NEAR(method.detectors[0][0].log_odds, std::log(0.2 / 0.8), 1e-6);
  EXPECT_EQ(method.detectors[1][1].log_odds, method.detectors[0][0].log_odds);
}

// The signal lies 2.5 sigma off in both features and is 0.3 wide, so that its density there is 100 times the
// background's.
TEST(TrainRAnode, finds_the_density_of_the_signal_in_what_it_never_saw) {
  World world({"r_anode", "", ""});
  world.inputs = resonance_inputs(20000, 300, 1, 0.2);
  world.config.flow.training.epochs = 3;
  const TrainedMethod method = world.train();
  const Sample signal = resonance_signal(400, 90, 0.2);
  const Sample background = resonance_background(400, 91, 0.2);
  const auto mean_log = [](const std::vector<float>& log_p) {
    return std::accumulate(log_p.begin(), log_p.end(), 0.0) / static_cast<double>(log_p.size());
  };
  for (const std::vector<Detector>& of_fold : method.detectors) {
    for (const Detector& detector : of_fold) {
      // Of 300 / 2300 events; half of them are signal in a flow that learns anything at all.
      EXPECT_GT(mean_log(detector.data->log_prob(signal.x, signal.context)),
                mean_log(detector.background->log_prob(signal.x, signal.context)) + 2);
      EXPECT_LT(mean_log(detector.data->log_prob(background.x, background.context)),
                mean_log(detector.background->log_prob(background.x, background.context)));
    }
  }
}

// It saw the data, which an experiment must not know of.
TEST(TrainRAnode, signal_flows_begin_with_none_and_are_no_beginning) {
  World world({"r_anode", "", ""});
  world.config.trained_flows = std::make_shared<FlowRecord>();
  static_cast<void>(world.train());
  EXPECT_NE(world.config.trained_flows->find("sideband flow, fold 1, retraining 1"), nullptr);
  EXPECT_EQ(world.config.trained_flows->find("signal flow, fold 1, retraining 1"), nullptr);
}

TEST(TrainCathode, depends_on_the_context_density_of_the_signal_region) {
  World world({"cathode", "", ""});
  const TrainedMethod by_rule = world.train();
  world.config.classifier.context_bandwidth = 0.2;
  const TrainedMethod wide = world.train();
  EXPECT_NE(fingerprint(by_rule.detectors[0][0]), fingerprint(wide.detectors[0][0]));
}

TEST(TrainSupervised, without_benchmarks_learns_from_labels_outside_the_fold) {
  World world({"supervised", "", ""});
  world.inputs.benchmark_background = {};
  world.inputs.benchmark_signal = {};
  const TrainedMethod before = world.train();
  const std::vector<std::uint8_t> fold = world.folds();
  for (std::size_t i = 0; i < world.inputs.data.size(); ++i) {
    if (fold[i] == 0) {
      world.inputs.data.x(i, 0) = 3 - world.inputs.data.x(i, 0);
    }
  }
  const TrainedMethod after = world.train();
  EXPECT_EQ(fingerprint(after.detectors[0][0]), fingerprint(before.detectors[0][0]));
  EXPECT_NE(fingerprint(after.detectors[1][0]), fingerprint(before.detectors[1][0]));
}

TEST(TrainSupervised, needs_labelled_signal) {
  World world({"supervised", "", ""});
  world.inputs.benchmark_signal = {};
  world.inputs.data.truth.clear();
  test::expect_throws_with<base::InputError>([&] { (void)world.train(); }, "no labelled signal",
                                             "give [benchmarks] signal");
}

TEST(TrainIdealized, uses_true_background_of_the_signal_region_alone) {
  World world({"idealized", "x", ""});
  const TrainedMethod before = world.train();
  for (const std::size_t row : region_rows(world.inputs.benchmark_background, false)) {
    world.inputs.benchmark_background.x(row, 0) = 9;
  }
  const TrainedMethod after = world.train();
  EXPECT_EQ(fingerprint(after.detectors[0][0]), fingerprint(before.detectors[0][0]));
}

}  // namespace
}  // namespace eddy::search
