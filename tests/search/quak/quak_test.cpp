#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/quak/loss_networks.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>
#include <eddy/search/quak/quak.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_losses.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

/// Three features along one direction each, so that one latent dimension describes a sample: background along (1, 1,
/// 0), signal along (0, 1, 1) and further out.
Sample events_along(bool is_signal, std::size_t n_events, std::uint64_t seed) {
  Sample sample;
  sample.x = base::Matrix(n_events, 3);
  sample.context = base::Matrix(n_events, 1);
  base::RandomStream stream({seed}, "events");
  for (std::size_t i = 0; i < n_events; ++i) {
    const double along = is_signal ? 3 + stream.normal() : stream.normal();
    const std::array<double, 3> direction = is_signal ? std::array{0.0, 1.0, 1.0} : std::array{1.0, 1.0, 0.0};
    for (std::size_t f = 0; f < 3; ++f) {
      sample.x(i, f) = static_cast<float>(direction.at(f) * along + 0.3 * stream.normal());
    }
    const double mass = is_signal ? kBumpMass + 120 * stream.normal() : falling_mass(stream.uniform());
    sample.context(i, 0) = static_cast<float>(mass);
    sample.in_signal_region.push_back(1);
    sample.index.push_back(i);
  }
  sample.quantities = {{"a", ""}, {"b", ""}, {"c", ""}, {"mjj", "GeV"}};
  return sample;
}

struct World {
  World() {
    config.evaluate = {{.name = "like the prior", .sample = {}}};
    config.vae.hidden = {8};
    config.vae.latent = 1;
    config.vae.flow_layers = 1;
    config.vae.beta = 0.1;
    config.vae.training.epochs = 20;
    config.vae.training.batch_size = 64;
    config.vae.training.learning_rate = 5e-3;
    config.quak.toys = 20;
    config.supervised.network.training.epochs = 3;
    config.supervised.exclude = {"c"};
    inputs.data = events_along(false, 4000, 1);
    const Sample signal = events_along(true, 100, 2);
    inputs.data.x = base::stack_rows(inputs.data.x, signal.x);
    inputs.data.context = base::stack_rows(inputs.data.context, signal.context);
    for (std::size_t i = 0; i < signal.size(); ++i) {
      inputs.data.index.push_back(4000 + i);
      inputs.data.in_signal_region.push_back(1);
    }
    inputs.background = events_along(false, 4000, 3);
    inputs.priors = {events_along(true, 2000, 4)};
    inputs.evaluated = {events_along(true, 1000, 6)};
    inputs.features.assign(inputs.data.quantities.begin(), inputs.data.quantities.begin() + 3);
    inputs.contexts = {inputs.data.quantities.back()};
    inputs.records.resize(1);
    inputs.records.front().role = "data";
  }
  [[nodiscard]] Finding run(const std::string& store) const {
    return run_search({inputs, config, base::TaskStore(store), {}}).finding;
  }
  SearchInputs inputs;
  SearchConfig config = quick_quak_config();
};

const stats::CategoryScan& scan_of(const Finding& finding) {
  return std::get<CategorySearch>(finding.working_points.at(0).evidence).scan;
}

double mean_loss(const LossSample& sample, std::size_t d) {
  double sum = 0;
  for (std::size_t i = 0; i < sample.loss.rows(); ++i) {
    sum += sample.loss(i, d);
  }
  return sum / static_cast<double>(sample.loss.rows());
}

TEST(RunQuak, each_network_knows_its_own_sample_and_the_bump_is_found) {
  const test::TemporaryFolder folder;
  const World world;
  const Finding output = world.run(folder.file("models"));
  EXPECT_EQ(output.loss_space->losses, (std::vector<std::string>{"background", "p"}));
  EXPECT_LT(mean_loss(output.loss_space->background, 0), 0.5 * mean_loss(output.loss_space->priors[0], 0));
  EXPECT_LT(mean_loss(output.loss_space->priors[0], 1), 0.5 * mean_loss(output.loss_space->background, 1));
  EXPECT_EQ(output.loss_space->background.loss.rows(), held_out_part(world.config, world.inputs.background).size());
  ASSERT_EQ(output.working_points.size(), 1U);
  EXPECT_EQ(scan_of(output).points[scan_of(output).best].mass, kBumpMass);
  EXPECT_GT(output.working_points.front().z, 5);
  ASSERT_TRUE(output.loss_space->cuts);
  EXPECT_EQ(output.training.size(), 2U);
}

TEST(RunQuak, judges_spaces_of_every_dimension_supervised_and_random) {
  const test::TemporaryFolder folder;
  const World world;
  const Finding output = world.run(folder.file("models"));
  std::vector<std::string> names;
  for (const Separation& separation : output.loss_space->separations) {
    EXPECT_EQ(separation.signal, "like the prior");
    names.push_back(separation.evaluation.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"QUAK 1-D", "QUAK 2-D", "linear discriminant of 2 losses, proxy p",
                                             "dense network of 2 losses, proxy p", "supervised on p", "random cut"}));
  EXPECT_GT(output.loss_space->separations[1].evaluation.auc, 0.95);
  EXPECT_GT(output.loss_space->separations[2].evaluation.auc, 0.9);
  EXPECT_GT(output.loss_space->separations[3].evaluation.auc, 0.95);
  EXPECT_GT(output.loss_space->separations[4].evaluation.auc, 0.9);
}

TEST(RunQuak, discriminants_that_are_configured_replace_the_others_and_may_have_diluted_proxies) {
  const test::TemporaryFolder folder;
  World world;
  world.config.priors.push_back({.name = "more", .sample = {.file = "more.h5"}});
  world.inputs.priors.push_back(events_along(false, 2000, 8));  // nothing but background
  world.config.discriminants = {
      {.name = "pure", .kind = "linear", .losses = {"background", "p"}, .proxy = "p"},
      {.name = "diluted", .kind = "linear", .losses = {}, .proxy = "p", .dilute = "more", .purity = 0.5},
      {.name = "latent", .kind = "linear", .space = "latent", .losses = {"background", "p"}, .proxy = "p"}};
  const Finding output = world.run(folder.file("models"));
  const auto auc = [&](const std::string& name) {
    for (const Separation& separation : output.loss_space->separations) {
      if (separation.evaluation.name == name) {
        return separation.evaluation.auc;
      }
    }
    return 0.0;
  };
  EXPECT_GT(auc("pure"), 0.95);
  EXPECT_GT(auc("diluted"), 0.9) << "half of its proxy is background, which moves the border but not the direction";
  EXPECT_GT(auc("latent"), 0.6) << "the directions of both samples are in the latent of their common network";
  EXPECT_EQ(auc("linear discriminant of 3 losses, proxy p"), 0) << "not there";
}

TEST(LossScaling, of_pixels_is_a_fraction_of_white) {
  base::Matrix x(1, 2);
  x(0, 1) = 51;
  const base::Matrix scaled = LossScaling{}.forward(x);
  EXPECT_EQ(scaled(0, 0), 0);
  EXPECT_FLOAT_EQ(scaled(0, 1), 0.2F);
}

TEST(RunQuak, is_the_same_for_any_number_of_threads_and_from_its_own_store) {
  const test::TemporaryFolder folder;
  const World world;
  const auto losses = [&](const std::string& store, std::size_t n_threads) {
    const base::ThreadLimit limit(n_threads);
    const Finding output = world.run(folder.file(store));
    const std::span<const float> values = output.loss_space->data.loss.values();
    return std::pair(std::vector<float>(values.begin(), values.end()), scan_of(output).global_p_value);
  };
  const auto first = losses("one", 1);
  EXPECT_EQ(first, losses("two", 4));
  EXPECT_EQ(first, losses("one", 2)) << "nothing is trained again";
}

TEST(RunQuak, without_mass_separates_only) {
  const test::TemporaryFolder folder;
  World world;
  world.config.features.context = {};
  world.inputs.contexts = {};
  for (Sample* sample :
       {&world.inputs.data, &world.inputs.background, &world.inputs.priors[0], &world.inputs.evaluated[0]}) {
    sample->context = base::Matrix(sample->size(), 0);
  }
  const Finding output = world.run(folder.file("models"));
  EXPECT_TRUE(output.working_points.empty());
  EXPECT_FALSE(output.loss_space->cuts);
  EXPECT_EQ(output.loss_space->separations.size(), 6U);
  EXPECT_TRUE(output.loss_space->data.mass.empty());
}

TEST(TrainLossNetworks, share_one_scaler_fitted_on_the_background_that_is_trained_on) {
  const test::TemporaryFolder folder;
  const World world;
  const LossNetworks space =
      train_loss_networks(world.inputs, world.config, base::TaskStore(folder.file("models")), {});
  const Sample training = training_part(world.config, world.inputs.background);
  const base::Matrix scaled = space.scaling.forward(training.x);
  double mean = 0;
  for (std::size_t i = 0; i < scaled.rows(); ++i) {
    mean += scaled(i, 0);
  }
  EXPECT_NEAR(mean / static_cast<double>(scaled.rows()), 0, 1e-4) << "rounding of float sums";
}

}  // namespace
}  // namespace eddy::search
