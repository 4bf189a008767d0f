#include <eddy/base/error.hpp>
#include <eddy/events/write.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/inputs.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <numeric>
#include <set>
#include <thread>

namespace eddy::search {
namespace {

constexpr std::size_t kEvents = 1000;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// a of event i, less the offset: next but one are swapped, so that a is no copy of M.
float swapped(std::size_t i) { return static_cast<float>(i ^ 2U); }
/// b over a of event i.
float ratio(std::size_t i) { return 2 + static_cast<float>(i % 7) / 8; }

/// Event i has M = i, a = offset + swapped(i) and b = ratio(i) a; the label is 1 for every tenth.
events::Events table(std::size_t n, float offset) {
  std::vector<float> m(n);
  std::vector<float> a(n);
  std::vector<float> b(n);
  std::vector<float> label(n);
  for (std::size_t i = 0; i < n; ++i) {
    m[i] = static_cast<float>(i);
    a[i] = offset + swapped(i);
    b[i] = ratio(i) * a[i];
    label[i] = i % 10 == 0 ? 1.0F : 0.0F;
  }
  events::Events events;
  events.add({"M", "GeV", m});
  events.add({"a", "", a});
  events.add({"b", "", b});
  events.add({"label", "", label});
  return events;
}

/// A folder with data, template and signal, and a configuration that reads them: selection M >= 200, signal region M >=
/// 600.
class Inputs : public testing::Test {
 protected:
  Inputs() {
    write("data.h5", table(kEvents, 0));
    write("template.h5", table(kEvents, 10000));
    write("signal.h5", table(kEvents, 20000));
    config.data.file = "data.h5";
    config.template_sample.file = "template.h5";
    config.columns = {{"ratio", "b / a"}};
    config.features = {.context = {"M"}, .x = {"a", "ratio"}};
    config.regions = {.selection = "M >= 200", .signal = "M >= 600"};
    config.folds.k = 2;
  }
  void write(const std::string& name, const events::Events& events) const {
    events::write_hdf5(folder.file(name), events);
  }
  /// data.h5 with one value changed.
  void write_data_with(const std::string& column, std::size_t row, float value) const {
    const events::Events whole = table(kEvents, 0);
    events::Events changed;
    for (const std::string& name : whole.names()) {
      std::vector<float> values(whole.column(name).begin(), whole.column(name).end());
      if (name == column) {
        values[row] = value;
      }
      changed.add({name, whole.unit(name), std::move(values)});
    }
    write("data.h5", changed);
  }
  /// A window with sidebands.
  void search_for_a_bump() {
    config.search.method = "lacathode";
    config.regions.signal = "M >= 500 && M < 600";
  }
  [[nodiscard]] SearchInputs load() const { return load_inputs(config, folder.path(), {}); }
  template <class... Parts>
  void expect_refused(const Parts&... parts) const {
    test::expect_throws_with<base::InputError>([&] { (void)load(); }, parts...);
  }
  /// Rows of signal.h5 among the data.
  [[nodiscard]] static std::set<float> injected(const SearchInputs& inputs) {
    std::set<float> rows;
    for (std::size_t i = 0; i < inputs.data.size(); ++i) {
      if (inputs.data.truth[i] != 0) {
        rows.insert(inputs.data.x(i, 0) - 20000);
      }
    }
    return rows;
  }

  test::TemporaryFolder folder;
  SearchConfig config;
};

TEST_F(Inputs, selection_regions_and_columns) {
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.data.size(), 800U);
  for (std::size_t i = 0; i < inputs.data.size(); ++i) {
    const auto row = static_cast<float>(i + 200);
    ASSERT_EQ(inputs.data.index[i], i + 200);
    ASSERT_EQ(inputs.data.context(i, 0), row);
    ASSERT_EQ(inputs.data.x(i, 0), swapped(i + 200));
    ASSERT_EQ(inputs.data.x(i, 1), ratio(i + 200));
    ASSERT_EQ(inputs.data.in_signal_region[i], row >= 600 ? 1 : 0);
  }
  EXPECT_EQ(inputs.template_sample.x(0, 0), 10202);
  EXPECT_TRUE(inputs.data.truth.empty());
  EXPECT_EQ(inputs.contexts.front().unit, "GeV");
  EXPECT_EQ(inputs.features.at(1).name, "ratio");
}

TEST_F(Inputs, records_say_what_was_read) {
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.records.size(), 2U);
  EXPECT_EQ(inputs.records[0].role, "data");
  EXPECT_EQ(inputs.records[0].file, "data.h5");
  EXPECT_EQ(inputs.records[0].sha256.size(), 64U);
  EXPECT_NE(inputs.records[0].sha256, inputs.records[1].sha256);
  EXPECT_EQ(inputs.records[0].n_read, kEvents);
  EXPECT_EQ(inputs.records[0].n_selected, 800U);
  EXPECT_EQ(inputs.records[0].n_signal_region, 400U);
  EXPECT_EQ(inputs.records[0].n_control_region, 400U);
  EXPECT_EQ(inputs.records[0].n_dropped_nonfinite, 0U);
}

TEST_F(Inputs, files_that_change_while_they_are_read_are_refused) {
  const std::string file = folder.file("data.h5");
  const std::jthread writer([&](const std::stop_token& stop) {
    for (auto time = std::filesystem::last_write_time(file); !stop.stop_requested(); time += std::chrono::seconds(1)) {
      std::filesystem::last_write_time(file, time);
    }
  });
  test::expect_throws_with<base::IoError>([&] { (void)load(); }, "data.h5' was changed", "wait until it is complete");
}

TEST_F(Inputs, an_empty_selection_keeps_all) {
  config.regions.selection = "";
  config.columns.clear();
  config.features.x = {"a"};
  EXPECT_EQ(load().data.size(), kEvents);
}

TEST_F(Inputs, labels) {
  config.data.label = "label";
  const SearchInputs inputs = load();
  EXPECT_EQ(std::ranges::count(inputs.data.truth, 1), 80);
  EXPECT_EQ(inputs.data.truth.front(), 1);  // row 200
  for (const float bad : {0.5F, 2.0F, -1.0F, kNan}) {
    write_data_with("label", 7, bad);
    expect_refused("label column 'label'", "in row 7", "must be 0 or 1");
  }
}

TEST_F(Inputs, label_may_be_part_of_an_expression) {
  config.data.label = "label";
  write("template.h5", table(kEvents, 10000));
  config.regions.selection = "M >= 200 && label == 0";
  EXPECT_EQ(load().data.size(), 720U);
}

TEST_F(Inputs, injection_of_a_number_of_events) {
  config.inject = {.file = "signal.h5", .count = 50};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.n_injected, 50U);
  EXPECT_EQ(inputs.data.size(), 850U);
  EXPECT_EQ(injected(inputs).size(), 50U);  // no event twice
  std::set<std::uint64_t> indices(inputs.data.index.begin(), inputs.data.index.end());
  EXPECT_EQ(indices.size(), 850U);
  EXPECT_EQ(*indices.rbegin(), kEvents + 49);  // behind all rows of the data file
  const auto n_sr =
      static_cast<double>(std::count(inputs.data.in_signal_region.end() - 50, inputs.data.in_signal_region.end(), 1));
  EXPECT_NEAR(inputs.injected_s_over_sqrt_b, n_sr / std::sqrt(400.0), 1e-12);
}

TEST_F(Inputs, injection_of_a_strength) {
  config.inject = {.file = "signal.h5", .s_over_sqrt_b = 5};
  const SearchInputs inputs = load();
  // 5 sqrt(400) = 100 in the signal region, where half of the signal lies.
  EXPECT_EQ(inputs.n_injected, 200U);
  // The chosen events are a random half: hypergeometric spread of 200 from 800, four sigma, over sqrt(400).
  EXPECT_NEAR(inputs.injected_s_over_sqrt_b, 5, 4 * std::sqrt(200 * 0.25 * 0.75) / 20);
}

TEST_F(Inputs, injection_of_a_fraction) {
  config.inject = {.file = "signal.h5", .fraction = 0.25};
  const SearchInputs inputs = load();
  // 0.25 * 400 = 100 in the signal region, where half of the signal lies.
  EXPECT_EQ(inputs.n_injected, 200U);
  EXPECT_EQ(inputs.data.size(), 1000U);
}

TEST_F(Inputs, injection_into_the_signal_region_leaves_the_rest_alone) {
  const SearchInputs without = load();
  // 100 events each time: here nothing is random but which events they are.
  for (const InjectSection& inject : {InjectSection{.file = "signal.h5", .count = 100, .region = "signal"},
                                      {.file = "signal.h5", .s_over_sqrt_b = 5, .region = "signal"},
                                      {.file = "signal.h5", .fraction = 0.25, .region = "signal"}}) {
    config.inject = inject;
    const SearchInputs inputs = load();
    EXPECT_EQ(inputs.n_injected, 100U);
    EXPECT_DOUBLE_EQ(inputs.injected_s_over_sqrt_b, 5);
    EXPECT_EQ(injected(inputs).size(), 100U);
    const Sample control = take_events(inputs.data, region_rows(inputs.data, false));
    const Sample as_before = take_events(without.data, region_rows(without.data, false));
    EXPECT_EQ(control.index, as_before.index);
    EXPECT_TRUE(std::ranges::equal(control.x.values(), as_before.x.values()));
  }
}

TEST_F(Inputs, injection_seed_picks_the_events) {
  config.inject = {.file = "signal.h5", .count = 50};
  const std::set<float> first = injected(load());
  EXPECT_EQ(injected(load()), first);
  config.search.seed = 9;  // the seed of the search does not move it
  EXPECT_EQ(injected(load()), first);
  config.inject.seed = 2;
  EXPECT_NE(injected(load()), first);
}

TEST_F(Inputs, injected_events_are_never_benchmark_signal) {
  config.inject = {.file = "signal.h5", .count = 300};
  std::filesystem::create_directory(folder.file("copy"));
  std::filesystem::copy_file(folder.file("signal.h5"), folder.file("copy/other-name.h5"));
  for (const std::string& path : {std::string("signal.h5"), std::string("./signal.h5"), folder.file("signal.h5"),
                                  std::string("signal.h5:/"), std::string("copy/other-name.h5")}) {
    config.benchmarks.signal = path;
    const SearchInputs inputs = load();
    EXPECT_EQ(inputs.benchmark_signal.size(), 500U) << path;
    const std::set<float> used = injected(inputs);
    for (std::size_t i = 0; i < inputs.benchmark_signal.size(); ++i) {
      ASSERT_FALSE(used.contains(inputs.benchmark_signal.x(i, 0) - 20000)) << path;
    }
  }
  write("another.h5", table(kEvents, 30000));
  config.benchmarks.signal = "another.h5";
  EXPECT_EQ(load().benchmark_signal.size(), 800U);
}

TEST_F(Inputs, a_study_at_zero_signal_has_labels_without_signal) {
  config.inject.file = "signal.h5";
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.n_injected, 0U);
  EXPECT_EQ(inputs.data.truth, std::vector<std::uint8_t>(800, 0));
}

TEST_F(Inputs, injection_that_cannot_be_is_refused) {
  config.inject = {.file = "signal.h5", .count = 801};
  expect_refused("asks for 801 events", "only 800", "pass the selection", "inject fewer");
  config.inject = {.file = "signal.h5", .count = 401, .region = "signal"};
  expect_refused("asks for 401 events", "only 400", "lie in the signal region", "inject fewer");
  config.regions.selection = "M >= 200 && (M < 600 || a < 20000)";  // no signal file event is left in the signal region
  config.inject = {.file = "signal.h5", .s_over_sqrt_b = 1};
  expect_refused("no event of [inject] 'signal.h5'", "s_over_sqrt_b = 1");
  config.inject = {.file = "signal.h5", .fraction = 0.5, .region = "signal"};
  expect_refused("no event of [inject] 'signal.h5'", "fraction = 0.5");
}

TEST_F(Inputs, nonfinite_values) {
  for (const float bad : {kNan, std::numeric_limits<float>::infinity()}) {
    for (const std::string column : {"a", "M"}) {
      config.regions.selection = "";
      config.columns.clear();
      config.features.x = {"a"};
      write_data_with(column, 777, bad);
      config.data.nonfinite = "error";
      expect_refused("column '" + column + "' of the data", "has 1 selected events", "the first in row 777",
                     "nonfinite = \"drop\" in [data]");
      config.data.nonfinite = "drop";
      const SearchInputs inputs = load();
      EXPECT_EQ(inputs.data.size(), kEvents - 1);
      EXPECT_EQ(inputs.records[0].n_dropped_nonfinite, 1U);
      EXPECT_EQ(std::ranges::count(inputs.data.index, 777U), 0);
    }
  }
}

TEST_F(Inputs, a_derived_column_does_not_hide_one_of_the_file) {
  config.columns = {{"ratio", "b / a"}, {"b", "a / 2"}};
  expect_refused("data.h5", "has a column 'b'", "derived column 'b' = 'a / 2' would hide", "rename it in [columns]");
  config.columns = {{"ratio", "M / a"}, {"b", "a / 2"}};  // not used
  EXPECT_EQ(load().data.size(), 800U);
}

TEST_F(Inputs, chains_of_comparisons_are_refused_wherever_they_stand) {
  config.regions.selection = "200 <= M < 900";
  expect_refused("write '200 <= M && M < 900'");
  config.regions = {.selection = "M >= 200", .signal = "600 <= M < 700"};
  expect_refused("write '600 <= M && M < 700'");
  config.regions.signal = "M >= 600";
  config.data.selection = "200 <= M < 900";
  expect_refused("write '200 <= M && M < 900'");
  config.data.selection = "";
  config.columns = {{"ratio", "b / a"}, {"inside", "200 <= M < 900"}};
  config.regions.selection = "inside";
  expect_refused("write '200 <= M && M < 900'");
}

/// What becomes of ten events whose a is NaN, five of them in the signal region.
TEST_F(Inputs, undefined_selections_are_an_error_or_dropped_and_counted) {
  events::Events changed = table(kEvents, 0);
  std::vector<float> flag(kEvents, 1);
  for (std::size_t i = 0; i < 10; ++i) {
    flag[i % 2 == 0 ? 300 + i : 700 + i] = kNan;
  }
  changed.add({"flag", "", std::move(flag)});
  write("data.h5", changed);
  events::Events other = table(kEvents, 10000);
  other.add({"flag", "", std::vector<float>(kEvents, 1)});
  write("template.h5", other);
  const auto check = [&](const std::string& key, std::size_t n_left) {
    config.data.nonfinite = "error";
    expect_refused(key, "is undefined for 10 events of the data ('data.h5')", "the first in row 300",
                   "column 'flag' is NaN", "isfinite(flag) && ...", "nonfinite = \"drop\" in [data]");
    config.data.nonfinite = "drop";
    const SearchInputs inputs = load();
    EXPECT_EQ(inputs.data.size(), n_left) << key;
    EXPECT_EQ(inputs.records[0].n_dropped_nonfinite, 10U) << key;
    EXPECT_EQ(inputs.records[0].n_selected, n_left) << key;
  };
  for (const char* text : {"M >= 200 && flag == 1", "flag && M >= 200", "M >= 200 && (flag ? 1 : 0)",
                           "M >= 200 && min(M, flag) >= 1", "M >= 200 && flag * 0 == 0", "!(M < 200 || flag < 0.5)"}) {
    config.regions.selection = text;
    check(std::string("[regions] selection '") + text, 790);
  }
  config.regions.selection = "M >= 200";
  config.data.selection = "flag > 0";
  check("[data] selection 'flag > 0'", 790);
  config.data.selection = "";
  config.regions.signal = "M >= 600 == flag > 0";
  check("[regions] signal", 790);
  // What excludes the undefined events defines the selection.
  config.data.nonfinite = "error";
  config.regions = {.selection = "M >= 200 && isfinite(flag) && flag > 0", .signal = "M >= 600"};
  EXPECT_EQ(load().data.size(), 790U);
  EXPECT_EQ(load().records[0].n_dropped_nonfinite, 0U);
  config.regions.selection = "M >= 200 && M < 300 && flag";  // not asked about the others
  config.regions.signal = "M >= 250";
  EXPECT_EQ(load().data.size(), 100U);
}

TEST_F(Inputs, an_undefined_ratio_is_named) {
  config.regions.selection = "M >= 200 && (M - 300) / (M - 300) > 0";
  config.template_sample.nonfinite = "drop";
  expect_refused("is undefined for 1 events of the data", "row 300", "such as 0 / 0", "[data]");
  config.data.nonfinite = "drop";
  config.template_sample.nonfinite = "error";
  expect_refused("of the template", "[template]");
}

TEST_F(Inputs, integers_of_the_file_are_selected_exactly) {
  events::Events changed = table(kEvents, 0);
  std::vector<std::int64_t> event(kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    event[i] = (std::int64_t{1} << 53) + static_cast<std::int64_t>(i);
  }
  changed.add({"event", "", event});
  write("data.h5", changed);
  events::Events other = table(kEvents, 10000);
  other.add({"event", "", event});
  write("template.h5", other);
  config.regions.selection = "M >= 200 && event % 2 == 1 && event != 9007199254741193";  // that of row 201
  EXPECT_EQ(load().data.size(), 399U);
  EXPECT_EQ(load().data.index.front(), 203U);
  config.columns.emplace_back("number", "event - 9007199254740992");
  config.regions.selection = "number >= 200 && number != 201";
  EXPECT_EQ(load().data.size(), 799U);
}

TEST_F(Inputs, labels_may_be_of_any_type) {
  config.data.label = "truth";
  events::Events changed = table(kEvents, 0);
  std::vector<std::int64_t> integers(kEvents);
  integers[300] = 1;
  changed.add({"truth", "", integers});
  write("data.h5", changed);
  EXPECT_EQ(std::ranges::count(load().data.truth, 1), 1);
  changed = table(kEvents, 0);
  std::vector<double> decimals(kEvents);
  decimals[300] = 1 + 1e-12;
  changed.add({"truth", "", decimals});
  write("data.h5", changed);
  expect_refused("label column 'truth'", "in row 300", "must be 0 or 1");
}

TEST_F(Inputs, nonfinite_values_matter_only_where_they_are_used) {
  write_data_with("a", 100, kNan);  // not selected
  EXPECT_EQ(load().data.size(), 800U);
  write_data_with("b", 700, kNan);
  config.columns.clear();
  config.features.x = {"a"};  // b is not used
  EXPECT_EQ(load().data.size(), 800U);
}

TEST_F(Inputs, regions_need_events) {
  config.regions.signal = "M > 1e9";
  expect_refused("signal region of the data", "has 0 of 800 selected events", "M > 1e9", "loosen");
  config.regions.signal = "M > 0";
  expect_refused("control region of the data", "has 0 of 800");
  config.regions = {.selection = "M < 0", .signal = "M >= 600"};
  expect_refused("has 0 of 0 selected events");
  config.regions = {.selection = "M >= 200 && a < 10600", .signal = "M >= 600"};
  expect_refused("signal region of the template", "has 0 of 400");
}

TEST_F(Inputs, folds_need_events) {
  config.folds.k = 20;  // 20 events per fold are just there
  EXPECT_NO_THROW((void)load());
  config.folds.k = 21;
  expect_refused("has 400 of 800", "at least 420 are needed (21 folds)", "lower [folds] k");
}

TEST_F(Inputs, environment_variables_in_paths) {
  ::setenv("EDDY_TEST_INPUTS", folder.path().c_str(), 1);
  ::unsetenv("EDDY_TEST_UNSET");
  config.data.file = "${EDDY_TEST_INPUTS}/data.h5";
  EXPECT_EQ(load().data.size(), 800U);
  EXPECT_EQ(load().records[0].file, "data.h5");
  config.data.file = "${EDDY_TEST_UNSET}/data.h5";
  expect_refused("'${EDDY_TEST_UNSET}/data.h5'", "EDDY_TEST_UNSET, which is not set", "export EDDY_TEST_UNSET=");
  ::unsetenv("EDDY_TEST_INPUTS");
}

TEST_F(Inputs, unknown_columns_are_named) {
  config.features.x = {"a", "rato"};
  expect_refused("'rato'", "its columns are", "M, a, b, label");
  config.features.x = {"a"};
  config.regions.signal = "met > 5";
  expect_refused("'met'", "M, a, b, label");
}

TEST_F(Inputs, rows_of_the_file) {
  config.data.rows = {300, 900};
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.data.size(), 600U);
  EXPECT_EQ(inputs.data.index.front(), 300U);  // still the row in the file
  EXPECT_EQ(inputs.data.index.back(), 899U);
  EXPECT_EQ(inputs.template_sample.size(), 800U);
  config.data.rows = {0, 1e9};
  expect_refused("rows = [0, 1000000000] of the data", "the 1000 events of 'data.h5'");
  config.data.rows = {0, 1};
  expect_refused("has 0 of 0 selected events");
}

TEST_F(Inputs, units_where_the_file_gives_none) {
  config.units = {{"ratio", "TeV"}, {"M", "MeV"}};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.features.at(0).unit, "");
  EXPECT_EQ(inputs.features.at(1).unit, "TeV");
  EXPECT_EQ(inputs.contexts.front().unit, "MeV");  // also where it gives one: the configuration has the last word
}

TEST_F(Inputs, resonant_searches_need_no_template) {
  search_for_a_bump();
  config.template_sample.file = "missing.h5";
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.template_sample.size(), 0U);
  EXPECT_EQ(inputs.records.size(), 1U);
}

TEST_F(Inputs, sidebands_are_needed_where_a_density_is_learned) {
  config.regions = {.selection = "M >= 200", .signal = "M >= 200"};
  for (const char* method : {"cathode", "lacathode", "anode", "cwola"}) {
    config.search.method = method;
    expect_refused("control region of the data", "has 0 of 800");
  }
  config.classifier.space = "x";
  for (const char* method : {"supervised", "idealized"}) {
    config.search.method = method;
    EXPECT_EQ(load().data.size(), 800U) << method;
  }
  config.classifier.space = "z";
  expect_refused("control region of the data", "has 0 of 800");
}

TEST_F(Inputs, benchmark_files_are_filtered_by_their_label) {
  search_for_a_bump();
  config.benchmarks.background = "template.h5";
  config.benchmarks.signal = "signal.h5";
  EXPECT_EQ(load().benchmark_background.size(), 800U);  // without a label: all events
  config.benchmarks.label = "label";
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.benchmark_background.size(), 720U);
  EXPECT_EQ(inputs.benchmark_signal.size(), 80U);  // every tenth
  for (const std::uint64_t row : inputs.benchmark_signal.index) {
    EXPECT_EQ(row % 10, 0U);
  }
  EXPECT_TRUE(inputs.benchmark_background.truth.empty());
  const auto record = std::ranges::find(inputs.records, "benchmark signal", &InputRecord::role);
  EXPECT_EQ(record->n_selected, 80U);
  EXPECT_EQ(record->n_signal_region, 10U);
}

/// Both kinds stand in one file, each event twice: what is counted is what is left.
TEST_F(Inputs, copies_are_counted_among_the_events_that_are_left) {
  search_for_a_bump();
  events::Events twice;
  const events::Events once = table(kEvents, 20000);
  for (const std::string& name : once.names()) {
    std::vector<float> values(once.column(name).begin(), once.column(name).end());
    values.insert(values.end(), once.column(name).begin(), once.column(name).end());
    twice.add({name, once.unit(name), std::move(values)});
  }
  write("signal.h5", twice);
  config.benchmarks.signal = "signal.h5";
  config.benchmarks.label = "label";
  const auto record = [](const SearchInputs& inputs) {
    return *std::ranges::find(inputs.records, "benchmark signal", &InputRecord::role);
  };
  EXPECT_EQ(record(load()).n_selected, 160U);
  EXPECT_EQ(record(load()).n_copies, 80U);
  config.inject = {.file = "signal.h5", .count = 400};
  const SearchInputs inputs = load();
  EXPECT_EQ(record(inputs).n_selected, inputs.benchmark_signal.size());
  EXPECT_LT(record(inputs).n_selected, 160U);
  const std::set<std::uint64_t> different(split_index(inputs.benchmark_signal).begin(),
                                          split_index(inputs.benchmark_signal).end());
  EXPECT_EQ(record(inputs).n_copies, inputs.benchmark_signal.size() - different.size());
}

TEST_F(Inputs, rows_of_the_benchmark_background) {
  search_for_a_bump();
  config.data.rows = {0, 700};
  config.benchmarks.background = "data.h5";
  config.benchmarks.background_rows = {700, 1000};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.benchmark_background.size(), 300U);
  EXPECT_EQ(inputs.benchmark_background.index.front(), 700U);  // no event is in both
  EXPECT_EQ(inputs.data.index.back(), 699U);
}

TEST_F(Inputs, benchmark_background_must_not_be_data) {
  search_for_a_bump();
  config.data.rows = {0, 700};
  config.benchmarks.background = "data.h5";
  config.benchmarks.background_rows = {699, 1000};
  expect_refused("699", "1000", "judged on");
  write("copy.h5", table(kEvents, 0));  // by content, not by name
  config.benchmarks.background = "copy.h5";
  expect_refused("judged on");
}

TEST_F(Inputs, masses_of_the_signal_template) {
  search_for_a_bump();
  EXPECT_TRUE(load().signal_template_masses.empty());
  config.bump_hunt.signal_template = "signal.h5";
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.signal_template_masses.size(), 800U);  // those that pass the selection
  EXPECT_EQ(inputs.signal_template_masses.front(), 200);
  EXPECT_EQ(inputs.records.back().role, "signal template");
}

TEST_F(Inputs, files_of_different_units_are_refused) {
  const events::Events whole = table(kEvents, 10000);
  events::Events other;
  for (const std::string& name : whole.names()) {
    const std::span<const float> values = whole.column(name);
    other.add({name, name == "M" ? "TeV" : "", std::vector<float>(values.begin(), values.end())});
  }
  write("template.h5", other);
  expect_refused("column 'M' is in GeV in the data ('data.h5')", "in TeV in the template ('template.h5')", "[units]");
  config.units = {{"M", "GeV"}};
  EXPECT_NO_THROW((void)load());
}

TEST_F(Inputs, features_that_are_constant_in_a_sample_are_refused) {
  config.columns.emplace_back("filled", "a < 5000 ? a : 7");  // not in the template
  config.features.x = {"ratio", "filled"};
  expect_refused("feature 'filled' is 7", "events of the template ('template.h5')", "remove it");
}

TEST_F(Inputs, names_of_no_column_are_refused) {
  config.units = {{"MM", "GeV"}};
  expect_refused("[units] names 'MM'", "did you mean 'M'?");
}

TEST_F(Inputs, a_region_at_the_end_of_the_selection_has_no_sideband) {
  search_for_a_bump();
  config.regions.signal = "M >= 900";
  expect_refused("has no sideband above", "end at 999");
}

TEST_F(Inputs, masses_that_are_vetoed_inside_a_sideband_are_refused) {
  search_for_a_bump();
  config.regions.selection = "M >= 200 && !(M >= 300 && M < 340)";
  expect_refused("no selected event has a mass between 299 and 340", "select these masses too", "[bump_hunt] range");
  config.bump_hunt.range = {350, 950};
  EXPECT_EQ(load().data.size(), 760U) << "the fit does not reach over them";
}

/// An event of the template equals two of the data that differ in their identity: no fold may have one without the
/// other.
TEST_F(Inputs, equal_events_of_the_data_with_a_copy_in_the_template_share_a_fold) {
  const events::Events once = table(kEvents, 0);
  const events::Events others = table(kEvents, 10000);
  events::Events data;
  events::Events templates;
  for (const std::string& name : once.names()) {
    std::vector<float> values(once.column(name).begin(), once.column(name).end());
    values.insert(values.end(), values.begin() + 700, values.begin() + 720);
    data.add({name, once.unit(name), values});
    std::vector<float> mixed(others.column(name).begin(), others.column(name).end());
    mixed.insert(mixed.end(), values.begin() + 700, values.begin() + 710);
    templates.add({name, once.unit(name), std::move(mixed)});
  }
  std::vector<std::int64_t> number(kEvents + 20);
  std::iota(number.begin(), number.end(), 1);
  data.add({"event", "", std::move(number)});
  write("data.h5", data);
  write("template.h5", templates);
  config.data.identity = {"event"};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.records.front().n_copies, 0U);
  EXPECT_EQ(inputs.records.back().n_also_in_data, 10U);
  const std::vector<std::uint64_t>& split = split_index(inputs.data);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(split[800 + i], i < 10 ? 700 + i : kEvents + i) << "rows 200 to 699 are 500 before";
  }
}

TEST_F(Inputs, a_template_that_is_the_data_is_refused) {
  config.template_sample.file = "data.h5";
  expect_refused("the template and the data are the same 800 events of 'data.h5'", "give another file");
  std::filesystem::copy_file(folder.file("data.h5"), folder.file("copy.h5"));
  config.template_sample.file = "copy.h5";
  expect_refused("are the same 800 events");
  config.template_sample.rows = {0, 900};
  EXPECT_EQ(load().records.back().n_also_in_data, 700U) << "a part of the data is said, and kept apart";
}

TEST_F(Inputs, benchmarks_of_the_same_events_as_signal_and_background_are_refused) {
  search_for_a_bump();
  config.benchmarks.background = "template.h5";
  config.benchmarks.signal = "template.h5";
  expect_refused("[benchmarks] background and signal are the same events of 'template.h5'", "label");
  config.benchmarks.background_rows = {0, 500};
  expect_refused("are the same events");
  config.benchmarks.label = "label";
  EXPECT_NO_THROW((void)load());
}

TEST_F(Inputs, take_events_keeps_rows_together) {
  config.data.label = "label";
  const Sample all = load().data;
  const Sample some = take_events(all, {700, 3, 3});
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some.index, (std::vector<std::uint64_t>{900, 203, 203}));
  EXPECT_EQ(some.x(0, 0), swapped(900));
  EXPECT_EQ(some.context(2, 0), 203);
  EXPECT_EQ(some.in_signal_region, (std::vector<std::uint8_t>{1, 0, 0}));
  EXPECT_EQ(some.truth, (std::vector<std::uint8_t>{1, 0, 0}));
  EXPECT_EQ(region_rows(all, true).size() + region_rows(all, false).size(), all.size());
}

}  // namespace
}  // namespace eddy::search
