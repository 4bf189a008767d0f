#include <eddy/base/error.hpp>
#include <eddy/flow/fit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "check_throws.hpp"

namespace eddy::flow {
namespace {

using base::Matrix;

FlowSettings small_settings() {
  FlowSettings settings;
  settings.layers = 2;
  settings.hidden = 32;
  settings.feature_scaler = "standard";
  settings.context_scaler = "standard";
  return settings;
}

/// 4 % of N(2.5, 0.3) in both features on top of N(0, 1), whose density is known.
struct Planted {
  explicit Planted(std::size_t n) : x(n, 2), context(n, 1), is_validation(n) {
    base::RandomStream stream({21}, "planted");
    for (std::size_t i = 0; i < n; ++i) {
      const bool is_planted = stream.uniform() < 0.04;
      double squares = 0;
      for (float& value : x.row(i)) {
        value = static_cast<float>(is_planted ? 2.5 + 0.3 * stream.normal() : stream.normal());
        squares += static_cast<double>(value) * value;
      }
      context(i, 0) = static_cast<float>(stream.uniform());
      is_validation[i] = i % 4 == 0 ? 1 : 0;
      log_background.push_back(static_cast<float>(-0.5 * squares - std::log(2 * std::numbers::pi)));
    }
  }
  [[nodiscard]] FlowSample sample(double share, bool is_learned) const {
    FlowSample sample{x, context, is_validation};
    sample.mixture = Mixture{.log_background = log_background, .share = share, .is_learned = is_learned};
    return sample;
  }
  Matrix x;
  Matrix context;
  std::vector<std::uint8_t> is_validation;
  std::vector<float> log_background;
};

TEST(FitFlow, learns_what_a_known_density_lacks_and_its_share) {
  const Planted events(12000);
  FlowSettings settings = small_settings();
  settings.training = {.epochs = 30, .batch_size = 256, .learning_rate = 3e-3, .patience = 10};
  for (const bool moving : {false, true}) {  // any scaling has its Jacobian
    settings.moving_quantiles = moving;
    const FlowFit fit = fit_flow(events.sample(0.01, true), settings, {1}, "planted", {});
    ASSERT_EQ(fit.shares.size(), 1U);
    EXPECT_NEAR(fit.shares.front(), 0.04, 0.01);  // 480 events: 0.0018, and what an unfinished flow takes or leaves
    Matrix context(2000, 1);
    std::ranges::fill(context.values(), 0.5F);
    const Matrix drawn = fit.flows.front().sample(context, base::RandomStream({5}, "sample"));
    std::size_t near = 0;
    for (std::size_t i = 0; i < drawn.rows(); ++i) {
      near += std::hypot(drawn(i, 0) - 2.5, drawn(i, 1) - 2.5) < 1 ? 1 : 0;
    }
    EXPECT_GT(near, 1600U);  // of the planted events 99.6 %, of the others 0.5 %
  }
  const FlowFit given = fit_flow(events.sample(0.2, false), settings, {1}, "planted", {});
  EXPECT_NEAR(given.shares.front(), 0.2, 1e-6);
}

TEST(FitFlow, a_mixture_needs_a_share_and_a_finite_density_of_every_event) {
  Planted events(1000);
  const auto fit = [&](double share) {
    static_cast<void>(fit_flow(events.sample(share, true), small_settings(), {1}, "bad", {}));
  };
  test::expect_throws_with<base::InputError>([&] { fit(1); }, "is 1 of a mixture", "between 0 and 1");
  events.log_background[7] = -std::numeric_limits<float>::infinity();
  test::expect_throws_with<base::InputError>([&] { fit(0.1); }, "other density", "is 0");
  events.log_background.pop_back();
  test::expect_throws_with<base::InputError>([&] { fit(0.1); }, "999 densities", "one density for each event");
}

}  // namespace
}  // namespace eddy::flow
