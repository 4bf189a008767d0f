#include <eddy/search/copies.hpp>
#include <eddy/search/resonant/template_events.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace eddy::search {
namespace {

/// A method trained for a moment, and the template that its scores are held against.
struct Trained {
  explicit Trained(const std::string& method, std::size_t n_events = 12000)
      : config(quick_resonant_config(method)), inputs(resonance_inputs(n_events, 0, 1, 0.5)) {
    config.flow.training.epochs = 1;
    config.classifier.members = 2;
    config.classifier.classifier.trees.max_iterations = 2;
    const base::TaskStore store(folder.path());
    const ResonantTask task = make_resonant_task(inputs, config, store, monitor);
    unseen = template_events(task, train_configured_method(task));
    data_fold = task.data_fold;
  }

  test::TemporaryFolder folder;
  SearchConfig config;
  SearchInputs inputs;
  base::Monitor monitor;
  TemplateEvents unseen;
  std::vector<std::uint8_t> data_fold;
};

std::size_t n_in_signal_region(const Trained& trained, std::size_t fold) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < trained.data_fold.size(); ++i) {
    n += trained.data_fold[i] == fold && trained.inputs.data.in_signal_region[i] != 0 ? 1 : 0;
  }
  return n;
}

class TemplateOfMethod : public testing::TestWithParam<std::string> {};

TEST_P(TemplateOfMethod, lies_in_the_signal_region) {
  const Trained trained(GetParam());
  for (std::size_t i = 0; i < trained.unseen.events.size(); ++i) {
    const float mass = trained.unseen.events.context(i, 0);
    ASSERT_TRUE(mass >= kWindowLow && mass <= kWindowHigh) << mass;
  }
  for (std::size_t fold = 0; fold < 2; ++fold) {
    const auto n = static_cast<std::size_t>(std::ranges::count(trained.unseen.fold, fold));
    EXPECT_GE(n, 4 * n_in_signal_region(trained, fold));
    EXPECT_LE(n, 4 * n_in_signal_region(trained, fold) + 1) << "shared by two retrainings";
  }
}

INSTANTIATE_TEST_SUITE_P(All, TemplateOfMethod, testing::Values("lacathode", "cathode", "anode", "transport", "cwola"),
                         [](const auto& method) { return method.param; });

class TemplateWithoutDensity : public testing::TestWithParam<std::string> {};

TEST_P(TemplateWithoutDensity, follows_the_mass_where_background_does) {
  const Trained trained(GetParam());
  double mean = 0;
  for (std::size_t i = 0; i < trained.unseen.events.size(); ++i) {
    mean += (trained.unseen.events.x(i, 0) - 0.5 * trained.unseen.events.context(i, 0)) /
            static_cast<double>(trained.unseen.events.size());
  }
  EXPECT_NEAR(mean, 0, 0.1);  // N(0.5 m, 1): 4,700 events know it to 0.015, quantiles of 10,800 to some 0.03
}

INSTANTIATE_TEST_SUITE_P(All, TemplateWithoutDensity, testing::Values("transport", "cwola"),
                         [](const auto& method) { return method.param; });

TEST(TemplateEvents, of_few_events_are_sidebands_as_they_are) {
  const Trained trained("cwola", 3000);
  EXPECT_EQ(trained.unseen.name, "sideband events");
  EXPECT_GT(trained.unseen.events.size(), 0U);
}

}  // namespace
}  // namespace eddy::search
