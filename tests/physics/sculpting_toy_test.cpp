// The toy of section III of LaCATHODE (2210.14924): a classifier that learned in the signal region sculpts the spectrum
// where its features follow the mass, and does not in the latent space z = x - c m.

#include <eddy/search/resonant/judged.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>
#include <eddy/search/resonant/sculpting_curves.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

constexpr std::size_t kEvents = 240000;  // of data, and of sample: a quarter of the paper's
constexpr double kHalfRange = 10;        // m uniform in [-10, 10]
constexpr double kHalfWindow = 0.3;      // signal region: 3 % of the events
constexpr std::size_t kRetrainings = 3;  // as in figures 4 and 5
constexpr double kEfficiency = 0.03;     // 3,600 of 120,000 judged events pass, were there no sculpting
constexpr std::size_t kBins = 100;

/// x ~ N(c m, 1)^2; in the latent, of a perfect flow, x - c m.
Sample toy_sample(std::uint64_t seed, double c, bool latent) {
  Sample sample;
  sample.x = base::Matrix(kEvents, 2);
  sample.context = base::Matrix(kEvents, 1);
  sample.index.resize(kEvents);
  std::iota(sample.index.begin(), sample.index.end(), std::uint64_t{0});
  const base::RandomStream mass({seed}, "toy mass");
  base::fill_normal(base::RandomStream({seed}, "toy features"), 0, sample.x.values());
  for (std::size_t i = 0; i < kEvents; ++i) {
    const double m = kHalfRange * (2 * mass.uniform_at(i) - 1);
    sample.context(i, 0) = static_cast<float>(m);
    sample.in_signal_region.push_back(std::abs(m) < kHalfWindow ? 1 : 0);
    for (float& value : sample.x.row(i)) {
      value += latent ? 0.0F : static_cast<float>(c * m);
    }
  }
  return sample;
}

/// The paper's classifier, with half its epochs; half of the data trains and half is judged.
SearchConfig toy_config() {
  SearchConfig config;
  config.search.method = "idealized";
  apply_method_defaults(config);
  config.validation.experiments = 0;  // tested on its own
  config.features = {.context = {"m"}, .x = {"x1", "x2"}};
  config.regions.signal = "abs(m) < 0.3";
  config.flow_members = kRetrainings;
  config.folds = {.k = 2, .score = "one"};
  config.classifier.members = kRetrainings;
  config.classifier.reference_ratio = 1;
  config.classifier.classifier.kind = "mlp";
  config.classifier.classifier.mlp.training = {
      .epochs = 25, .batch_size = 128, .learning_rate = 1e-3, .schedule = "constant", .patience = 0, .keep_epochs = 5};
  return config;
}

/// chi2/ndof of the spectra before and after the cut (eq. 5), in each retraining.
std::vector<double> sculpting_of(double c, bool latent) {
  SearchInputs inputs;
  inputs.data = toy_sample(1, c, latent);
  inputs.benchmark_background = toy_sample(2, c, latent);
  const SearchConfig config = toy_config();
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const base::Monitor monitor;
  const ResonantTask task = make_resonant_task(inputs, config, store, monitor);
  const TrainedMethod method = train_idealized(task, SpaceKind::kX);
  const Judged judged = judged_events(task);
  const SculptingEvents events{{judged.data.context.values().begin(), judged.data.context.values().end()},
                               judged.data.in_signal_region,
                               judged.data_fold};
  const stats::SculptingTest test(events.mass, kBins);
  std::vector<double> chi2;
  for (const std::vector<float>& scores : judge(task, judged, "toy", method.detectors).data) {
    chi2.push_back(sculpting_curve("toy", test, events, {scores}, 1, {kEfficiency}).points.at(0).median);
  }
  return chi2;
}

/// A random subset has 1 - e, with the standard deviation sqrt(2 / 99) (1 - e) = 0.14. Nine of them do not exceed this
/// bound, five standard deviations up, by chance.
constexpr double kLargestOfRandom = (1 - kEfficiency) * (1 + 5 * 0.1421);

TEST(SculptingToy, a_classifier_in_x_sculpts_where_features_follow_the_mass) {
  // Without signal the classifier learns noise: what it cuts is different each time, and so is the sculpting. But at
  // the ends of the spectrum the background has moved by 1 sigma in both features, and its density in the tails, where
  // most cuts lie, has changed by a factor of about exp(2). Changes of order 1 in bins of 36 events are a chi2/ndof of
  // order 36; a quarter of it is asked for.
  for (const double chi2 : sculpting_of(0.1, false)) {
    EXPECT_GT(chi2, 9);
  }
}

TEST(SculptingToy, a_classifier_in_x_does_not_for_small_correlations) {
  // 0.01 sigma at the ends: 2 % of a bin of 36 events is far below its Poisson error.
  for (const double chi2 : sculpting_of(0.001, false)) {
    EXPECT_LT(chi2, kLargestOfRandom);
  }
}

TEST(SculptingToy, a_classifier_in_the_latent_does_not) {
  for (const double chi2 : sculpting_of(0.1, true)) {
    EXPECT_LT(chi2, kLargestOfRandom);
  }
}

}  // namespace
}  // namespace eddy::search
