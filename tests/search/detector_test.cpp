#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/search/detector.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace eddy::search {
namespace {

/// Mean and standard deviation of one feature, as a scaler takes them.
struct Moments {
  double mean = 0;
  double sigma = 0;
};

Moments moments(const Sample& sample, std::size_t feature) {
  Moments m;
  const auto n = static_cast<double>(sample.size());
  for (std::size_t i = 0; i < sample.size(); ++i) {
    m.mean += sample.x(i, feature) / n;
  }
  for (std::size_t i = 0; i < sample.size(); ++i) {
    m.sigma += std::pow(sample.x(i, feature) - m.mean, 2) / n;
  }
  m.sigma = std::sqrt(m.sigma);
  return m;
}

/// A network or trees that tell signal from background, in the space of `detector`.
classify::Classifier trained(const std::string& kind, const Detector& detector, std::uint64_t seed) {
  const Sample signal = resonance_signal(400, seed, 0);
  const Sample background = resonance_background(800, seed, 0);
  classify::LabelledEvents events;
  events.x = base::stack_rows(to_space(detector, signal.x, signal.context),
                              to_space(detector, background.x, background.context));
  events.label.assign(events.x.rows(), 0);
  std::fill_n(events.label.begin(), signal.size(), 1);
  events.weight.assign(events.x.rows(), 1.0F);
  classify::ClassifierSettings settings;
  settings.kind = kind;
  settings.trees.max_iterations = 5;
  settings.mlp.training.epochs = 2;
  return classify::fit_classifier(classify::prepare_events(std::move(events), settings), settings,
                                  base::RandomStream({seed}, "detector"), "detector", {});
}

/// Detectors of all kinds: classifiers in x, in z, in x', and a ratio of densities.
std::vector<Detector> all_detectors() {
  const flow::Flow wide = gaussian_flow(resonance_background(2000, 1, 0));
  std::vector<Detector> detectors(4);
  detectors[1] = {.background = wide, .data = {}, .space = {SpaceKind::kZ, 0}, .classifiers = {}};
  detectors[2] = {.background = wide, .data = {}, .space = {SpaceKind::kXPrime, 3.5F}, .classifiers = {}};
  for (std::size_t d = 0; d < 3; ++d) {
    detectors[d].classifiers.push_back(trained("trees", detectors[d], 1));
    detectors[d].classifiers.push_back(trained("mlp", detectors[d], 2));
  }
  detectors[3].background = wide;
  detectors[3].data = gaussian_flow(resonance_signal(2000, 1, 0));
  return detectors;
}

TEST(Detector, scores_lie_between_0_and_1_and_are_higher_for_signal) {
  const Sample background = resonance_background(1000, 11, 0);
  const Sample signal = resonance_signal(1000, 11, 0);
  for (const Detector& detector : all_detectors()) {
    const std::vector<float> low = score_events(detector, background.x, background.context);
    const std::vector<float> high = score_events(detector, signal.x, signal.context);
    for (const float score : {std::ranges::min(low), std::ranges::max(high)}) {
      EXPECT_GE(score, 0);
      EXPECT_LE(score, 1);
    }
    // 2.5 sigma apart in two features, an error of 4 % in all: 0.9 leaves room for two epochs and five trees.
    EXPECT_GT(classify::auc(low, high), 0.9);
  }
}

TEST(Detector, does_not_depend_on_the_number_of_threads) {
  const Sample fresh = resonance_background(5000, 9, 0);
  for (const Detector& detector : all_detectors()) {
    std::array<std::vector<float>, 2> scores;
    for (std::size_t n = 0; n < 2; ++n) {
      const base::ThreadLimit limit(n + 1);
      scores[n] = score_events(detector, fresh.x, fresh.context);
    }
    EXPECT_EQ(scores[0], scores[1]);
  }
}

TEST(Detector, is_the_mean_of_its_classifiers) {
  const Sample fresh = resonance_background(300, 9, 0);
  for (const Detector& detector : all_detectors()) {
    if (detector.classifiers.empty()) {
      continue;
    }
    const base::Matrix events = to_space(detector, fresh.x, fresh.context);
    const std::vector<float> first = classify::predict(detector.classifiers[0], events);
    const std::vector<float> second = classify::predict(detector.classifiers[1], events);
    const std::vector<float> score = score_events(detector, fresh.x, fresh.context);
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      ASSERT_NEAR(score[i], 0.5 * (first[i] + second[i]), 1e-7);  // one rounding to float below 1
    }
  }
}

TEST(ToSpace, is_x_itself_or_the_standardised_latent_of_a_gaussian_flow) {
  const Sample sample = resonance_background(3000, 4, 0.2);
  const Detector in_x;
  EXPECT_TRUE(std::ranges::equal(to_space(in_x, sample.x, sample.context).values(), sample.x.values()));
  const Detector latent{
      .background = gaussian_flow(sample), .data = {}, .space = {SpaceKind::kZ, 0}, .classifiers = {}};
  const base::Matrix z = to_space(latent, sample.x, sample.context);
  const Detector back{
      .background = gaussian_flow(sample), .data = {}, .space = {SpaceKind::kXPrime, 3}, .classifiers = {}};
  const base::Matrix x_prime = to_space(back, sample.x, sample.context);
  for (std::size_t f = 0; f < 2; ++f) {
    const Moments m = moments(sample, f);
    for (std::size_t i = 0; i < sample.size(); ++i) {
      ASSERT_NEAR(z(i, f), (sample.x(i, f) - m.mean) / m.sigma, 5e-6);  // floats up to 5
      ASSERT_NEAR(x_prime(i, f), sample.x(i, f), 1e-5);  // this flow knows no context: x' is x, there and back
    }
  }
}

TEST(ScoreEvents, without_classifiers_is_the_ratio_of_two_known_densities) {
  const Sample background = resonance_background(3000, 4, 0);
  const Sample wide_signal = resonance_background(3000, 5, 0.1);  // shifted by 0.1 m
  Detector detector;
  detector.background = gaussian_flow(background);
  detector.data = gaussian_flow(wide_signal);
  const Sample probe = resonance_background(400, 6, 0.05);
  const std::vector<float> score = score_events(detector, probe.x, probe.context);
  const auto log_density = [](const Sample& of, std::span<const float> x) {
    double sum = 0;
    for (std::size_t f = 0; f < x.size(); ++f) {
      const Moments m = moments(of, f);
      sum -= 0.5 * std::pow((x[f] - m.mean) / m.sigma, 2) + std::log(m.sigma);
    }
    return sum;
  };
  std::size_t n_checked = 0;
  for (std::size_t i = 0; i < probe.size(); i += 10) {
    const std::span<const float> x = probe.x.row(i);
    const bool clipped = std::ranges::any_of(x, [](float value) { return std::abs(value) > 2.5F; });
    if (clipped) {
      continue;  // values beyond the 3000 events that a flow was fitted on are clipped to their range
    }
    const double ratio = std::exp(log_density(wide_signal, x) - log_density(background, x));
    ASSERT_NEAR(score[i], ratio / (1 + ratio), 1e-5) << i;  // log-densities of order 5 in float: 5e-7 each, and room
    ++n_checked;
  }
  detector.log_odds = std::log(0.02 / 0.98);  // R-ANODE: the probability of being one of 2 %
  const std::vector<float> posterior = score_events(detector, probe.x, probe.context);
  for (std::size_t i = 0; i < probe.size(); ++i) {
    const double ratio = score[i] / (1.0 - score[i]);
    ASSERT_NEAR(posterior[i], 0.02 * ratio / (0.02 * ratio + 0.98), 1e-5) << i;
  }
  EXPECT_GT(n_checked, 30U);  // of 40, 2 * 2 * 0.6 % expected outside 2.5 sigma
}

TEST(ScoreEvents, of_a_ratio_is_finite_where_both_densities_vanish) {
  Detector detector;
  detector.background = gaussian_flow(resonance_background(500, 4, 0));
  detector.data = gaussian_flow(resonance_signal(500, 5, 0));
  base::Matrix far(4, 2);
  std::ranges::fill(far.row(0), 1e30F);
  std::ranges::fill(far.row(1), -1e30F);
  far(2, 0) = 1e30F;
  std::ranges::fill(far.row(3), 3e38F);
  base::Matrix context(4, 1);
  std::ranges::fill(context.values(), 3.5F);
  for (const float score : score_events(detector, far, context)) {
    EXPECT_GE(score, 0);  // also fails for NaN
    EXPECT_LE(score, 1);
  }
}

TEST(ScoreEvents, of_no_events) {
  for (const Detector& detector : all_detectors()) {
    EXPECT_TRUE(score_events(detector, base::Matrix(0, 2), base::Matrix(0, 1)).empty());
  }
}

}  // namespace
}  // namespace eddy::search
