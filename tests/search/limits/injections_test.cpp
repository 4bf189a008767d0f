#include <eddy/search/limits/injections.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace eddy::search {
namespace {

const Finding kFound;  // no predictions were corrected

LimitSignal signal_of(const Sample& events) {
  LimitSignal signal;
  signal.events = events;
  signal.in_region =
      static_cast<double>(std::ranges::count(events.in_signal_region, 1)) / static_cast<double>(events.size());
  signal.record.sha256 = "signal";
  return signal;
}

std::ptrdiff_t n_stored(const test::TemporaryFolder& folder) {
  return std::ranges::distance(std::filesystem::directory_iterator(folder.path()));
}

/// Of a strong signal a cut keeps far more than of background; with none to learn from it does not.
TEST(Inject, MeasuresWhatATrainedSearchKeeps) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = background_inputs(6000, 6000, 1);
  const SearchConfig config = quick_config();
  const LimitSignal signal = signal_of(signal_sample(2000, 3));
  const InjectionBase base{{inputs, config, base::TaskStore(folder.path()), {}}, signal, kFound};
  const std::vector<Injection> strong = inject(base, 400, 2);
  ASSERT_EQ(strong.size(), 2U);
  for (const Injection& injection : strong) {
    EXPECT_EQ(injection.failure, "");
    EXPECT_EQ(injection.strength, 400);
    ASSERT_EQ(injection.cuts.size(), 2U);
    const InjectedCut& cut = injection.cuts[0];
    EXPECT_GT(cut.efficiency, 0.5);
    EXPECT_NEAR(cut.efficiency_error, std::sqrt(cut.efficiency * (1 - cut.efficiency) / 1000), 0.005);
    // Injected events are judged by others' classifiers, as those that were kept aside: the same efficiency.
    EXPECT_NEAR(cut.passed, 400 * cut.efficiency, 5 * 20);
    ASSERT_TRUE(cut.signal.has_value());
    EXPECT_NEAR(cut.signal->fitted, cut.passed, 5 * cut.signal->error);
  }
  EXPECT_NE(strong[0].cuts[0].signal->fitted, strong[1].cuts[0].signal->fitted) << "other events, and another seed";
  const std::vector<Injection> none = inject(base, 0, 1);
  EXPECT_EQ(none[0].cuts[0].passed, 0);
  EXPECT_LT(none[0].cuts[0].efficiency, strong[0].cuts[0].efficiency);
}

TEST(Inject, GoesOnFromTheSearchesThatAreThere) {
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  const SearchConfig config = quick_resonant_config("cwola");
  LimitSignal signal = signal_of(resonance_signal(1000, 7, 0));
  const InjectionBase base{{inputs, config, store, {}}, signal, kFound};
  const std::vector<Injection> first = inject(base, 100, 2);
  EXPECT_EQ(n_stored(folder), 2) << "the trainings of a search are not kept";
  const std::vector<Injection> again = inject(base, 100, 3);
  EXPECT_EQ(n_stored(folder), 3);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again[i].cuts[1].efficiency, first[i].cuts[1].efficiency);
  }
  EXPECT_EQ(first[0].cuts[0].efficiency, 1) << "the first working point of a bump hunt is no cut";
  signal.events.weight.assign(1000, 2.0);
  (void)inject(base, 100, 1);
  EXPECT_EQ(n_stored(folder), 4) << "other weights, another search";
}

TEST(Inject, SaysWhatFailed) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  const SearchConfig config = quick_resonant_config("cwola");
  const LimitSignal signal = signal_of(resonance_signal(300, 7, 0));
  const std::vector<Injection> failed =
      inject({{inputs, config, base::TaskStore(folder.path()), {}}, signal, kFound}, 5000, 1);
  EXPECT_NE(failed[0].failure.find("half of the file"), std::string::npos) << failed[0].failure;
  EXPECT_TRUE(failed[0].cuts.empty());
}

TEST(SignalsOfNulls, AreThoseOfTheExperiments) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  SearchConfig config = quick_resonant_config("cwola");
  config.calibration.experiments = 2;
  const NullGenerator generator{.source = "the true density", .draw = [](const base::RandomStream& stream) {
                                  SearchInputs drawn = resonance_inputs(4000, 0, stream.bits_at(0), 0);
                                  drawn.data.truth.clear();
                                  return drawn;
                                }};
  const auto signals = signals_of_nulls({inputs, config, base::TaskStore(folder.path()), {}}, generator, kFound);
  ASSERT_EQ(signals.size(), 2U);
  for (const auto& of_cuts : signals) {
    ASSERT_FALSE(of_cuts.empty());
    ASSERT_TRUE(of_cuts[0].has_value());
    EXPECT_LT(std::abs(of_cuts[0]->fitted), 5 * of_cuts[0]->error);
  }
}

}  // namespace
}  // namespace eddy::search
