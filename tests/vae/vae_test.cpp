#include "check_throws.hpp"
#include "vae/sample.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/vae/fit.hpp>
#include <eddy/vae/vae.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace eddy::vae {
namespace {

constexpr std::size_t kEvents = 9001;  // three parallel blocks, the last panel not full

NetworkShape shape_of(Reconstruction kind) {
  return {.n_features = 4,
          .hidden = {20, 10},
          .n_latent = 3,
          .n_flow_layers = 3,
          .n_flow_hidden = 12,
          .reconstruction = kind,
          .divergence = Divergence::kFinal,
          .beta = 1.5};
}

/// A network of random weights.
Vae make_vae(Reconstruction kind) {
  const Network network(shape_of(kind));
  std::vector<float> parameters(network.n_parameters());
  net::AlignedVector<float> mask(network.n_parameters());
  network.initialise(base::RandomStream({4}, "weights"), parameters);
  network.fill_mask(mask);
  base::RandomStream stream({4}, "kick");
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] += mask[i] * static_cast<float>(0.2 * stream.normal());
  }
  return {network.shape(), parameters};
}

class VaeOf : public ::testing::TestWithParam<Reconstruction> {
 protected:
  Vae vae = make_vae(GetParam());
  base::Matrix x = test::to_unit_interval(test::GaussianSample(kEvents).x);
};

std::vector<float> values_of(const base::Matrix& matrix) { return {matrix.values().begin(), matrix.values().end()}; }

TEST_P(VaeOf, loss_is_that_of_the_reconstruction) {
  const std::vector<float> losses = vae.reconstruction_loss(x);
  const base::Matrix y = vae.reconstruct(x);
  ASSERT_EQ(losses.size(), kEvents);
  ASSERT_EQ(y.rows(), kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    double expected = 0;
    for (std::size_t f = 0; f < 4; ++f) {
      const double p = y(i, f);
      expected += GetParam() == Reconstruction::kSquaredError ? std::pow(p - x(i, f), 2)
                                                              : -x(i, f) * std::log(p) - (1 - x(i, f)) * std::log1p(-p);
    }
    // float32 throughout; 1 - p cancels to 1e-6 of a logit of 3.
    ASSERT_NEAR(losses[i], expected, 1e-5 * (1 + expected)) << "event " << i;
  }
}

TEST_P(VaeOf, an_event_does_not_depend_on_those_beside_it) {
  const std::vector<float> losses = vae.reconstruction_loss(x);
  const base::Matrix z = vae.latent(x);
  for (const std::size_t i : {std::size_t{0}, std::size_t{31}, std::size_t{4100}, kEvents - 1}) {
    EXPECT_EQ(vae.reconstruction_loss(x.view().block(i, 1)).front(), losses[i]) << "event " << i;
    EXPECT_TRUE(std::ranges::equal(vae.latent(x.view().block(i, 1)).row(0), z.row(i))) << "event " << i;
  }
}

TEST_P(VaeOf, results_do_not_depend_on_the_number_of_threads) {
  const auto results = [&](std::size_t n_threads) {
    const base::ThreadLimit limit(n_threads);
    std::vector<float> all = vae.reconstruction_loss(x);
    for (const base::Matrix& matrix : {vae.latent(x), vae.reconstruct(x)}) {
      all.insert(all.end(), matrix.values().begin(), matrix.values().end());
    }
    return all;
  };
  EXPECT_EQ(results(1), results(4));
}

TEST_P(VaeOf, survives_json_bit_for_bit) {
  const Vae back = Vae::from_json(base::Json::from_cbor(base::Json::to_cbor(vae.to_json())));
  EXPECT_EQ(back.to_json(), vae.to_json());
  EXPECT_EQ(back.reconstruction_loss(x), vae.reconstruction_loss(x));
  EXPECT_EQ(values_of(back.latent(x)), values_of(vae.latent(x)));
  EXPECT_EQ(values_of(back.reconstruct(x)), values_of(vae.reconstruct(x)));
  EXPECT_EQ(back.shape().beta, 1.5);
}

TEST_P(VaeOf, of_another_layout_of_weights_is_refused) {
  base::Json json = vae.to_json();
  json["parameters"]["layout"] = 1;
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(Vae::from_json(json)); }, "layout 1");
}

// What a file says of its sizes is not believed beyond its parameters: memory would be taken by it.
TEST_P(VaeOf, of_sizes_that_its_parameters_cannot_have_is_refused) {
  for (const char* key : {"features", "latent"}) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1} << 60U}) {
      base::Json json = vae.to_json();
      json[key] = size;
      test::expect_throws_with<base::InputError>([&] { static_cast<void>(Vae::from_json(json)); }, key, "damaged");
    }
  }
  base::Json json = vae.to_json();
  json["hidden"][0] = 0;
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(Vae::from_json(json)); }, "damaged");
}

TEST_P(VaeOf, takes_no_events) {
  EXPECT_TRUE(vae.reconstruction_loss(base::Matrix(0, 4)).empty());
  EXPECT_EQ(vae.latent(base::Matrix(0, 4)).rows(), 0U);
}

TEST_P(VaeOf, refuses_other_shapes_and_values_that_are_not_finite) {
  test::expect_throws_with<base::InputError>([&] { (void)vae.reconstruct(base::Matrix(5, 3)); }, "4 inputs",
                                             "3 features", "columns it was trained on");
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    base::Matrix events = x;
    events(5000, 1) = bad;
    test::expect_throws_with<base::InputError>([&] { (void)vae.latent(events); }, std::isnan(bad) ? "nan" : "inf",
                                               "row 5000, feature 1", "select events");
  }
}

INSTANTIATE_TEST_SUITE_P(Reconstructions, VaeOf,
                         ::testing::Values(Reconstruction::kSquaredError, Reconstruction::kCrossEntropy));

TEST(Vae, a_cross_entropy_takes_the_unit_interval_alone) {
  const Vae vae = make_vae(Reconstruction::kCrossEntropy);
  base::Matrix x(10, 4);
  x(2, 0) = 1;  // both ends belong to it
  EXPECT_EQ(vae.reconstruction_loss(x).size(), 10U);
  const base::Matrix y = vae.reconstruct(x);
  for (const float value : y.values()) {
    EXPECT_TRUE(value > 0 && value < 1) << value;
  }
  x(7, 3) = -0.25F;
  test::expect_throws_with<base::InputError>([&] { (void)vae.reconstruction_loss(x); }, "-0.25", "row 7, feature 3",
                                             "[0, 1]", "scale the features");
}

TEST(Vae, parameters_must_fit_the_shape) {
  test::expect_throws_with<base::InputError>(
      [] { (void)Vae(shape_of(Reconstruction::kSquaredError), std::vector<float>(7)); }, "7 were given",
      "does not fit this version");
}

}  // namespace
}  // namespace eddy::vae
