#include "check_throws.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/net/aligned.hpp>
#include <eddy/net/kernels/kernels.hpp>
#include <eddy/vae/posterior.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace eddy::vae {
namespace {

using net::AlignedVector;
using net::kPanel;

constexpr std::size_t kLatent = 3;

/// A panel of posteriors, all samples those of `seed`.
struct Panel {
  explicit Panel(std::uint64_t seed)
      : posterior(2 * kLatent * kPanel),
        noise(kLatent * kPanel),
        z(noise.size()),
        log_jacobian(kPanel),
        weight(kPanel, 1.0),
        loss(kPanel) {
    base::RandomStream stream({seed}, "posterior");
    for (double& v : posterior) {
      v = stream.normal();
    }
    for (double& v : noise) {
      v = stream.normal();
    }
  }
  void draw() { draw_posterior(kLatent, posterior.data(), noise.data(), z.data()); }
  void compute(Divergence kind) {
    divergence_loss(kind, kLatent, posterior.data(), z.data(), log_jacobian.data(), weight.data(), loss.data());
  }
  [[nodiscard]] double mu(std::size_t d, std::size_t s) const { return posterior[d * kPanel + s]; }
  [[nodiscard]] double variance(std::size_t d, std::size_t s) const {
    return std::exp(posterior[(kLatent + d) * kPanel + s]);
  }
  /// KL(N(mu, sigma^2), N(0, 1)) (1312.6114, appendix B).
  [[nodiscard]] double closed_form(std::size_t s) const {
    double sum = 0;
    for (std::size_t d = 0; d < kLatent; ++d) {
      sum -= 0.5 * (1 + std::log(variance(d, s)) - mu(d, s) * mu(d, s) - variance(d, s));
    }
    return sum;
  }
  AlignedVector<double> posterior, noise, z, log_jacobian, weight, loss;
};

TEST(DrawPosterior, scales_and_shifts_the_noise) {
  Panel panel(1);
  panel.draw();
  for (std::size_t d = 0; d < kLatent; ++d) {
    for (std::size_t s = 0; s < kPanel; ++s) {
      const double expected = panel.mu(d, s) + std::sqrt(panel.variance(d, s)) * panel.noise[d * kPanel + s];
      EXPECT_NEAR(panel.z[d * kPanel + s], expected, 1e-14 * (1 + std::abs(expected)));
    }
  }
}

TEST(DrawPosterior, is_the_mean_without_noise_whatever_the_width) {
  Panel panel(1);
  panel.posterior[kLatent * kPanel] = 2000;  // exp overflows
  draw_posterior<double>(kLatent, panel.posterior.data(), nullptr, panel.z.data());
  for (std::size_t i = 0; i < panel.z.size(); ++i) {
    EXPECT_EQ(panel.z[i], panel.posterior[i]);
  }
}

TEST(Divergence, of_the_prior_is_zero) {
  Panel panel(1);
  std::ranges::fill(panel.posterior, 0.0);
  panel.compute(Divergence::kInitial);
  EXPECT_EQ(panel.loss[0], 0.0);
}

TEST(Divergence, initial_is_the_closed_form_less_the_log_jacobian) {
  Panel panel(2);
  for (std::size_t s = 0; s < kPanel; ++s) {
    panel.log_jacobian[s] = 0.1 * static_cast<double>(s);
    panel.weight[s] = 1 + static_cast<double>(s);
  }
  panel.draw();
  panel.compute(Divergence::kInitial);
  for (std::size_t s = 0; s < kPanel; ++s) {
    const double expected = panel.weight[s] * (panel.closed_form(s) - panel.log_jacobian[s]);
    EXPECT_NEAR(panel.loss[s], expected, 1e-13 * (1 + std::abs(expected))) << "sample " << s;
  }
}

TEST(Divergence, final_is_the_closed_form_on_average_where_the_flow_is_the_identity) {
  constexpr std::size_t kDraws = 20000;
  Panel panel(3);
  std::vector<double> sum(kPanel);
  for (std::size_t i = 0; i < kDraws; ++i) {
    base::RandomStream stream({i}, "noise");
    for (double& v : panel.noise) {
      v = stream.normal();
    }
    panel.draw();
    panel.compute(Divergence::kFinal);
    for (std::size_t s = 0; s < kPanel; ++s) {
      sum[s] += panel.loss[s];
    }
  }
  for (std::size_t s = 0; s < kPanel; ++s) {
    double variance = 0;  // of z^2 / 2 summed: sigma^4 / 2 + mu^2 sigma^2
    for (std::size_t d = 0; d < kLatent; ++d) {
      variance += panel.variance(d, s) * (panel.variance(d, s) / 2 + panel.mu(d, s) * panel.mu(d, s));
    }
    EXPECT_NEAR(sum[s] / kDraws, panel.closed_form(s), 4.5 * std::sqrt(variance / kDraws)) << "sample " << s;
  }
}

TEST(Divergence, has_a_name) {
  for (const Divergence kind : {Divergence::kInitial, Divergence::kFinal}) {
    EXPECT_EQ(parse_divergence(std::string(to_string(kind))), kind);
  }
  test::expect_throws_with<base::InputError>([] { (void)parse_divergence("none"); }, "'none'", "use final or initial");
}

}  // namespace
}  // namespace eddy::vae
