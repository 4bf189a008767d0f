#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/write.hpp>
#include <eddy/search/input_checks.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace eddy::search {
namespace {

using base::InputError;

constexpr std::size_t kEvents = 400;
const InputRecord kRecord{.role = "template", .file = "t.h5", .sha256 = {}, .n_clipped = {}};

SearchConfig config_of_two() {
  SearchConfig config;
  config.features = {.context = {"m"}, .x = {"a", "b"}};
  return config;
}

/// Normal features and a falling context; the last quarter is the signal region.
Sample sample_of_two() {
  Sample sample;
  sample.x = base::Matrix(kEvents, 2);
  sample.context = base::Matrix(kEvents, 1);
  base::RandomStream stream({1}, "features");
  for (std::size_t i = 0; i < kEvents; ++i) {
    sample.x(i, 0) = static_cast<float>(100 + stream.normal());
    sample.x(i, 1) = static_cast<float>(stream.normal());
    sample.context(i, 0) = static_cast<float>(500 - 200 * std::log(stream.uniform()));
    sample.in_signal_region.push_back(i < 3 * kEvents / 4 ? 0 : 1);
    sample.index.push_back(i);
  }
  return sample;
}

void expect_refused(const SearchConfig& config, const Sample& sample, const auto&... parts) {
  test::expect_throws_with<InputError>([&] { require_usable_features(config, sample, kRecord); }, parts...);
}

TEST(RequireUsableFeatures, accepts_features_that_vary) {
  EXPECT_NO_THROW(require_usable_features(config_of_two(), sample_of_two(), kRecord));
}

// One that was not filled in the data is the best classifier of data against template.
TEST(RequireUsableFeatures, names_a_feature_that_is_constant_in_all_or_in_a_region) {
  for (const auto& [first, last, where] :
       {std::tuple<std::size_t, std::size_t, const char*>{0, kEvents, "all 400 events of"},
        {0, 300, "all 300 events outside the signal region of"},
        {300, kEvents, "all 100 events in the signal region of"}}) {
    Sample sample = sample_of_two();
    for (std::size_t i = first; i < last; ++i) {
      sample.x(i, 1) = -1;
    }
    expect_refused(config_of_two(), sample, "feature 'b' is -1", where, "template ('t.h5')",
                   "remove it from [features] x");
  }
}

TEST(RequireUsableFeatures, names_copies) {
  const SearchConfig config = config_of_two();
  Sample sample = sample_of_two();
  for (std::size_t i = 0; i < kEvents; ++i) {
    sample.x(i, 1) = sample.x(i, 0);
  }
  expect_refused(config, sample, "'b' is a copy of 'a'", "template ('t.h5')", "remove one of them");
  for (std::size_t i = 0; i < kEvents; ++i) {
    sample.x(i, 1) = 1000 - 0.1F * sample.x(i, 0);
  }
  expect_refused(config, sample, "'b' is a copy of 'a'", "up to a factor and a shift");
  for (std::size_t i = 0; i < kEvents; ++i) {
    sample.x(i, 1) = sample.context(i, 0) / 1000;
  }
  expect_refused(config, sample, "'b' is a copy of 'm'");
}

TEST(RequireUsableFeatures, names_a_feature_that_is_a_sum_of_others) {
  SearchConfig config = config_of_two();
  config.features.x.emplace_back("c");
  const Sample two = sample_of_two();
  Sample sample = two;
  sample.x = base::Matrix(kEvents, 3);
  base::RandomStream stream({2}, "noise");
  const auto fill = [&](double noise) {
    for (std::size_t i = 0; i < kEvents; ++i) {
      sample.x(i, 0) = two.x(i, 0);
      sample.x(i, 1) = two.x(i, 1);
      sample.x(i, 2) = static_cast<float>(two.x(i, 0) - two.context(i, 0) / 50.0 + noise * stream.normal());
    }
  };
  fill(0);
  expect_refused(config, sample, "'c' is a sum of 'm', 'a' with factors in the template ('t.h5')",
                 "remove one of them");
  fill(1e-3);
  EXPECT_NO_THROW(require_usable_features(config, sample, kRecord));
  config.search.method = "quak";  // autoencoders have no density to lose, but would count one quantity several times
  fill(0);
  expect_refused(config, sample, "'c' is a sum of 'm', 'a'", "know the mass", "remove one of them");
}

TEST(RequireUsableFeatures, names_a_context_that_others_determine) {
  SearchConfig config = config_of_two();
  config.features.context = {"m", "n"};
  Sample sample = sample_of_two();
  const base::Matrix one = sample.context;
  sample.context = base::Matrix(kEvents, 2);
  for (std::size_t i = 0; i < kEvents; ++i) {
    sample.context(i, 0) = one(i, 0);
    sample.context(i, 1) = 2 * one(i, 0) + 1;
  }
  expect_refused(config, sample, "'n' is a copy of 'm'", "remove one of them");
  for (std::size_t i = 0; i < kEvents; ++i) {
    sample.context(i, 1) = 3 * one(i, 0) + 50 * sample.x(i, 1);
  }
  expect_refused(config, sample, "'b' is a sum of 'm', 'n'");
}

TEST(RequireUsableFeatures, accepts_close_relations_that_are_no_copies) {
  Sample sample = sample_of_two();
  base::RandomStream stream({2}, "noise");
  for (std::size_t i = 0; i < kEvents; ++i) {
    sample.x(i, 1) = sample.x(i, 0) + static_cast<float>(1e-3 * stream.normal());
  }
  EXPECT_NO_THROW(require_usable_features(config_of_two(), sample, kRecord));
  for (std::size_t i = 0; i < kEvents; ++i) {
    sample.x(i, 1) = std::log(sample.x(i, 0));
  }
  EXPECT_NO_THROW(require_usable_features(config_of_two(), sample, kRecord));
}

TEST(RequireUsableFeatures, leaves_images_and_closed_regions_alone) {
  Sample sample = sample_of_two();
  for (std::size_t i = 300; i < kEvents; ++i) {
    sample.x(i, 1) = -1;
  }
  SearchConfig blind = config_of_two();
  blind.search.blind = true;
  const InputRecord data{.role = "data", .file = "d.h5", .sha256 = {}, .n_clipped = {}};
  EXPECT_NO_THROW(require_usable_features(blind, sample, data));
  blind.search.blind = false;
  EXPECT_THROW(require_usable_features(blind, sample, data), InputError);
  SearchConfig images = config_of_two();
  images.search.method = "quak";
  images.quak.scaler = "pixels";
  EXPECT_NO_THROW(require_usable_features(images, sample, kRecord));
}

TEST(RequireSameUnits, names_column_files_and_units) {
  InputRecord data{.role = "data", .file = "d.h5", .sha256 = {}, .n_clipped = {}};
  data.units = {{"m", "TeV"}, {"met", "GeV"}};
  InputRecord other = kRecord;
  other.units = {{"met", "GeV"}, {"m", "GeV"}};
  test::expect_throws_with<InputError>([&] { require_same_units({data}, other); },
                                       "column 'm' is in TeV in the data ('d.h5')", "in GeV in the template ('t.h5')",
                                       "[units]");
  for (const char* unit : {"TeV", "tev", " [TeV] ", "TeV/c^2", "TeV/c2"}) {
    other.units = {{"m", unit}, {"unknown", "rad"}};
    EXPECT_NO_THROW(require_same_units({data}, other)) << unit;
  }
  other.units = {};
  EXPECT_NO_THROW(require_same_units({data}, other)) << "no unit agrees with all";
  for (const auto& [one, two] : std::vector<std::pair<std::string, std::string>>{
           {"GeV²", "GeV"}, {"√GeV", "GeV"}, {"µm", "m"}, {"MeV", "meV"}, {"0.1GeV", "01GeV"}}) {
    data.units = {{"m", one}};
    other.units = {{"m", two}};
    test::expect_throws_with<InputError>([&] { require_same_units({data}, other); }, one, two);
  }
  data.units = {{"m", "GeV²"}};
  other.units = {{"m", "[gev^2]"}};
  EXPECT_NO_THROW(require_same_units({data}, other));
  data.units = {{"m", "TeV"}, {"met", "GeV"}};
  other.units = {{"m", "MeV"}};
  EXPECT_THROW(require_same_units({kRecord, data}, other), InputError) << "with any of the earlier ones";
}

TEST(RequireRowsInFile, says_how_many_there_are) {
  EXPECT_NO_THROW(require_rows_in_file({}, "data", "d.h5", 10));
  EXPECT_NO_THROW(require_rows_in_file({0, 10}, "data", "d.h5", 10));
  test::expect_throws_with<InputError>(
      [] {
        require_rows_in_file({0, 11}, "data", "d.h5", 10);
      },
      "[0, 11]", "data", "10 events of 'd.h5'", "at most");
}

class KnownColumns : public testing::Test {
 protected:
  KnownColumns() {
    events::Events events;
    for (const char* name : {"m", "a", "b", "unused"}) {
      events.add({name, "", {1, 2, 3}});
    }
    events::write_hdf5(folder.file("d.h5"), events);
    config.data.file = "d.h5";
  }
  void expect_refused(const auto&... parts) const {
    test::expect_throws_with<InputError>([&] { require_known_columns(config, folder.path()); }, parts...);
  }
  test::TemporaryFolder folder;
  SearchConfig config = config_of_two();
};

TEST_F(KnownColumns, accepts_what_is_used_derived_or_in_the_file) {
  config.columns = {{"ratio", "a / b"}, {"other", "unused + ratio"}};
  config.units = {{"m", "GeV"}, {"ratio", ""}, {"unused", "GeV"}, {"other", "1"}};
  EXPECT_NO_THROW(require_known_columns(config, folder.path()));
}

TEST_F(KnownColumns, opens_no_file_where_all_is_known) {
  config.units = {{"m", "GeV"}};
  config.data.file = "missing.h5";
  EXPECT_NO_THROW(require_known_columns(config, folder.path()));
}

TEST_F(KnownColumns, names_the_nearest) {
  config.units = {{"M", "GeV"}};
  expect_refused("[units] names 'M'", "did you mean 'm'?");
  config.units = {{"unsued", "GeV"}};
  expect_refused("[units] names 'unsued'", "did you mean 'unused'?");
  config.units = {{"xyz", "GeV"}};
  expect_refused("[units] names 'xyz'", "there are: a, b, m, unused");
}

TEST_F(KnownColumns, looks_into_expressions_that_nothing_uses) {
  config.columns = {{"ratio", "a / bb"}};
  expect_refused("[columns] ratio names 'bb'", "did you mean 'b'?");
}

}  // namespace
}  // namespace eddy::search
