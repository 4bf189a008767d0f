#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/write.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <algorithm>
#include <set>

namespace eddy::search {
namespace {

constexpr std::size_t kEvents = 1000;

/// Event i has a = i + `shift`, a mass of 3000 + a or up to 10 more, since it must be no copy, and the kind i % 2.
events::Events table(float shift = 0) {
  std::vector<float> a(kEvents);
  std::vector<float> mass(kEvents);
  std::vector<float> kind(kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    a[i] = static_cast<float>(i) + shift;
    mass[i] = 3000 + a[i] + static_cast<float>(i * i % 11);
    kind[i] = static_cast<float>(i % 2);
  }
  events::Events events;
  events.add({"a", "", a});
  events.add({"mjj", "GeV", mass});
  events.add({"kind", "", kind});
  return events;
}

class LossSpaceInputs : public testing::Test {
 protected:
  LossSpaceInputs() {
    events::write_hdf5(folder.file("one.h5"), table());
    events::write_hdf5(folder.file("two.h5"), table(0.5F));
    config.search.method = "quak";
    config.data.file = "two.h5";
    config.background = {.file = "one.h5", .label = {}, .columns = {}, .selection = "kind < 0.5"};
    config.priors = {
        {.name = "odd", .sample = {.file = "one.h5", .label = {}, .columns = {}, .selection = "kind > 0.5"}}};
    config.features = {.context = {"mjj"}, .x = {"a"}};
  }
  [[nodiscard]] SearchInputs load() const { return load_inputs(config, folder.path(), {}); }

  test::TemporaryFolder folder;
  SearchConfig config;
};

TEST_F(LossSpaceInputs, samples_have_selections_of_their_own) {
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.data.size(), kEvents);
  EXPECT_EQ(inputs.background.size(), kEvents / 2);
  ASSERT_EQ(inputs.priors.size(), 1U);
  EXPECT_EQ(inputs.priors[0].size(), kEvents / 2);
  EXPECT_TRUE(std::ranges::all_of(inputs.priors[0].index, [](std::uint64_t row) { return row % 2 == 1; }));
}

TEST_F(LossSpaceInputs, an_event_is_trained_on_or_judged_whatever_sample_it_stands_in) {
  const std::vector<std::uint64_t> rows = {0, 7, 8, 500, 12345};
  const std::vector<std::uint64_t> reversed(rows.rbegin(), rows.rend());
  const std::vector<std::uint8_t> training = is_training_event(config, rows);
  const std::vector<std::uint8_t> again = is_training_event(config, reversed);
  EXPECT_TRUE(std::equal(training.begin(), training.end(), again.rbegin()));
  const Sample background = load().background;
  const std::size_t n_training = training_part(config, background).size();
  EXPECT_EQ(n_training + held_out_part(config, background).size(), background.size());
  EXPECT_NEAR(static_cast<double>(n_training), 0.7 * 500, 31) << "3 sigma of a binomial of 500 events";
}

TEST_F(LossSpaceInputs, data_that_networks_are_trained_on_are_left_out) {
  config.data.file = "one.h5";
  const SearchInputs inputs = load();
  EXPECT_LT(inputs.data.size(), kEvents / 2);
  const std::vector<std::uint8_t> training = is_training_event(config, inputs.data.index);
  EXPECT_EQ(std::ranges::count(training, 1), 0);
  EXPECT_EQ(inputs.records.front().n_selected, inputs.data.size());
  EXPECT_EQ(inputs.data.quantities.size(), 2U);
}

TEST_F(LossSpaceInputs, data_that_networks_are_trained_on_are_left_out_of_whatever_file_they_come) {
  events::Events copy = table();
  copy.add({"spare", "", std::vector<float>(kEvents, 1.0F)});  // other bytes, other checksum
  events::write_hdf5(folder.file("copy.h5"), copy);
  config.data.file = "copy.h5";
  const SearchInputs inputs = load();
  EXPECT_LT(inputs.data.size(), kEvents / 2);
  EXPECT_EQ(std::ranges::count(is_training_event(config, inputs.data.index), 1), 0);
}

TEST_F(LossSpaceInputs, copies_are_counted_among_the_events_that_are_left) {
  const events::Events once = table();
  events::Events twice;
  for (const std::string& name : once.names()) {
    std::vector<float> values(once.column(name).begin(), once.column(name).end());
    values.insert(values.end(), once.column(name).begin(), once.column(name).end());
    twice.add({name, "", std::move(values)});
  }
  events::write_hdf5(folder.file("twice.h5"), twice);
  config.data.file = "twice.h5";  // seven of ten events of either kind teach the networks
  const SearchInputs inputs = load();
  EXPECT_LT(inputs.data.size(), kEvents);
  EXPECT_EQ(inputs.records.front().n_copies, inputs.data.size() / 2);
}

TEST_F(LossSpaceInputs, evaluated_signals_are_neither_trained_on_nor_injected) {
  config.evaluate = {{.name = "same", .sample = {.file = "one.h5"}}, {.name = "other", .sample = {.file = "two.h5"}}};
  config.inject.file = "two.h5";
  config.inject.count = 100;
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.evaluated.size(), 2U);
  EXPECT_EQ(std::ranges::count(is_training_event(config, inputs.evaluated[0].index), 1), 0);
  EXPECT_EQ(inputs.evaluated[1].size(), kEvents - 100);
  EXPECT_EQ(inputs.data.size(), kEvents + 100);
}

TEST_F(LossSpaceInputs, signal_is_not_injected_from_events_that_are_trained_on) {
  config.inject.file = "one.h5";
  config.inject.count = 200;
  const SearchInputs inputs = load();
  for (std::size_t i = kEvents; i < inputs.data.size(); ++i) {
    const auto row = static_cast<std::uint64_t>(inputs.data.x(i, 0));  // a is the row
    EXPECT_EQ(is_training_event(config, {row}).front(), 0) << row;
  }
}

TEST_F(LossSpaceInputs, a_prior_that_is_the_background_is_refused) {
  config.background.selection = "";  // odd events and even ones
  test::expect_throws_with<base::InputError>([&] { (void)load(); }, "[[prior]] \"odd\" and [background]",
                                             "the same events of 'one.h5'", "selection");
  config.background.file = "two.h5";
  config.data.file = "one.h5";
  EXPECT_NO_THROW((void)load());
}

TEST_F(LossSpaceInputs, a_mass_is_not_needed) {
  config.features.context = {};
  const SearchInputs inputs = load();
  EXPECT_TRUE(inputs.contexts.empty());
  EXPECT_EQ(inputs.data.size(), kEvents);
  EXPECT_TRUE(first_context(inputs.data).empty());
}

TEST_F(LossSpaceInputs, too_few_events_are_refused_with_their_number) {
  config.background.selection = "a < 60";
  test::expect_throws_with<base::InputError>([&] { (void)load(); }, "background", "one.h5", "50",
                                             "training_fraction = 0.7");
}

TEST_F(LossSpaceInputs, values_that_are_not_finite_name_the_section_to_change) {
  config.columns = {{"bad", "1 / (a - 3)"}};
  config.features.x = {"bad"};
  config.data.selection = "a > 10";
  config.background.selection = "a > 10";
  test::expect_throws_with<base::InputError>([&] { (void)load(); }, "prior odd", "row 3", "[[prior]]");
}

TEST_F(LossSpaceInputs, weights_may_be_negative_where_no_network_is_trained_on_the_events) {
  config.columns = {{"w", "a < 100 ? -0.5 : 2"}, {"positive", "1 + a"}};
  config.background.weight = "positive";
  config.evaluate = {{.name = "other", .sample = {.file = "two.h5", .weight = "w"}}};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.evaluated[0].weight.front(), -0.5F);
  EXPECT_EQ(inputs.background.weight.front(), 1 + inputs.background.x(0, 0));
  EXPECT_EQ(held_out_part(config, inputs.background).weight.size(), held_out_part(config, inputs.background).size());
  config.priors[0].sample.weight = "w";
  test::expect_throws_with<base::InputError>([&] { (void)load(); },
                                             "[[prior]] weight = \"w\" is negative for 50 of 500", "prior odd");
  config.background.weight = "w";
  test::expect_throws_with<base::InputError>([&] { (void)load(); }, "[background] weight = \"w\" is negative");
}

}  // namespace
}  // namespace eddy::search
