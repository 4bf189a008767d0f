#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/events/write.hpp>
#include <eddy/jets/feature_file.hpp>
#include <eddy/jets/features.hpp>
#include <eddy/jets/particles.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "jets/random_particles.hpp"

namespace eddy::jets {
namespace {

using base::InputError;
using test::expect_throws_with;
using test::random_particles;

constexpr std::size_t kEvents = 150;  // several tasks, the last one not full
constexpr std::size_t kParticles = 60;

/// Rows of (pt, eta, phi), zero padded, with a label; row r has 2 + r mod 59 particles.
std::vector<std::vector<float>> random_rows() {
  std::vector<std::vector<float>> rows;
  for (std::size_t r = 0; r < kEvents; ++r) {
    std::vector<float>& row = rows.emplace_back();
    for (const FourVector& p : random_particles(r, "row", 2 + r % 59, std::numbers::pi)) {
      row.insert(row.end(), {static_cast<float>(transverse_momentum(p)), static_cast<float>(pseudorapidity(p)),
                             static_cast<float>(azimuth(p))});
    }
    row.resize(3 * kParticles);
    row.push_back(r % 7 == 0 ? 1.0F : 0.0F);
  }
  return rows;
}

class FeatureFile : public testing::Test {
 protected:
  /// A particle file of the rows, one column per number.
  std::string write(const std::string& name, const std::vector<std::vector<float>>& rows) {
    events::Events table;
    for (std::size_t c = 0; c < rows.front().size(); ++c) {
      std::vector<float> column;
      for (const std::vector<float>& row : rows) {
        column.push_back(row[c]);
      }
      table.add({std::to_string(c), "", column});
    }
    events::write_csv(folder_.file(name), table);
    return folder_.file(name);
  }

  FeatureFileSummary features(const std::string& input, const std::string& output,
                              const FeatureSettings& settings = {}) {
    return write_feature_file({input, ""}, folder_.file(output), settings, {});
  }

  /// The features of `rows` must fail and leave nothing.
  template <class... Parts>
  void expect_refused(const std::vector<std::vector<float>>& rows, const Parts&... parts) {
    const std::string input = write("bad.csv", rows);
    expect_throws_with<InputError>([&] { features(input, "out.h5"); }, parts...);
    EXPECT_EQ(folder_.listing(), std::vector<std::string>{"bad.csv"});
  }

  test::TemporaryFolder folder_;
};

TEST_F(FeatureFile, HoldsTheFeaturesOfEveryEventInOrder) {
  const std::vector<std::vector<float>> rows = random_rows();
  const FeatureSettings settings;
  const FeatureFileSummary summary = features(write("rows.csv", rows), "out.h5");
  const events::Events table = events::read_events({folder_.file("out.h5"), ""});
  const std::vector<FeatureColumn> columns = feature_columns(settings);
  ASSERT_EQ(table.size(), kEvents);
  EXPECT_EQ(summary.n_events, kEvents);
  EXPECT_EQ(summary.n_columns, columns.size() + 1);
  EXPECT_TRUE(summary.has_label);
  const RowLayout layout = row_layout(rows.front().size(), {}, "");
  std::size_t n_fewer_jets = 0;
  for (std::size_t r = 0; r < kEvents; ++r) {
    const EventFeatures event = event_features(particles_of_row(rows[r], layout, {}, r, ""), settings);
    n_fewer_jets += event.n_jets < 2 ? 1 : 0;
    EXPECT_EQ(table.column("label")[r], rows[r].back());
    for (const FeatureColumn& column : columns) {
      ASSERT_EQ(table.column(column.name)[r], static_cast<float>(column.value(event))) << column.name << ", row " << r;
    }
  }
  EXPECT_GT(n_fewer_jets, 0U);
  EXPECT_EQ(summary.n_fewer_jets, n_fewer_jets);
  EXPECT_EQ(table.unit("tau1j1"), "GeV");
  EXPECT_EQ(table.unit("tau21_j1"), "");
}

TEST_F(FeatureFile, IsTheSameForAnyNumberOfThreads) {
  const std::string input = write("rows.csv", random_rows());
  for (const std::size_t n_threads : {1U, 2U, 5U}) {
    const base::ThreadLimit limit(n_threads);
    features(input, std::to_string(n_threads) + ".h5");
  }
  const std::string one = base::read_file(folder_.file("1.h5"));
  EXPECT_EQ(base::read_file(folder_.file("2.h5")), one);
  EXPECT_EQ(base::read_file(folder_.file("5.h5")), one);
}

TEST_F(FeatureFile, WithoutLabel) {
  std::vector<std::vector<float>> rows = random_rows();
  for (std::vector<float>& row : rows) {
    row.pop_back();
  }
  EXPECT_FALSE(features(write("rows.csv", rows), "out.h5").has_label);
  EXPECT_FALSE(events::read_events({folder_.file("out.h5"), ""}).has("label"));
}

TEST_F(FeatureFile, NamesTheFirstBadEventWhateverTheThreads) {
  std::vector<std::vector<float>> rows = random_rows();
  rows[140][0] = -1;
  rows[77][3] = -2;
  rows[78][3] = -3;
  for (int repeat = 0; repeat < 5; ++repeat) {
    expect_refused(rows, "particle 1 of row 77 of", "bad.csv", "negative pt -2");
  }
}

TEST_F(FeatureFile, RefusesBadEvents) {
  const std::vector<std::vector<float>> good = random_rows();
  std::vector<std::vector<float>> rows = good;
  std::fill(rows[9].begin(), rows[9].end() - 1, 0.0F);
  expect_refused(rows, "row 9 of", "no particles", "empty_events");
  rows = good;
  for (std::vector<float>& row : rows) {
    row.push_back(0);
  }
  expect_refused(rows, "182 columns", "3 numbers per particle");
}

TEST_F(FeatureFile, CountsFeaturesThatAreNoNumbers) {
  std::vector<std::vector<float>> rows = random_rows();
  rows[9][0] = rows[9][3] = 3e38F;  // their sum is beyond float32
  rows[12][0] = rows[12][3] = 3e38F;
  const FeatureFileSummary summary = features(write("rows.csv", rows), "out.h5");
  EXPECT_EQ(summary.n_not_finite, 2U);
  EXPECT_THAT(summary.first_not_finite, testing::EndsWith("= inf in row 9"));
  EXPECT_EQ(features(write("good.csv", random_rows()), "out.h5").n_not_finite, 0U);
}

TEST_F(FeatureFile, CountsLabelsThatASearchWouldRefuse) {
  std::vector<std::vector<float>> rows = random_rows();
  rows[20].back() = 3;
  rows[21].back() = -1;
  const FeatureFileSummary summary = features(write("rows.csv", rows), "out.h5");
  EXPECT_EQ(summary.n_other_labels, 2U);
  EXPECT_EQ(summary.first_other_label, "3 in row 20");
  EXPECT_EQ(features(write("good.csv", random_rows()), "out.h5").n_other_labels, 0U);
}

TEST_F(FeatureFile, KeepsEmptyEventsWhenAsked) {
  std::vector<std::vector<float>> rows = random_rows();
  std::fill(rows[9].begin(), rows[9].end() - 1, 0.0F);
  FeatureSettings settings;
  settings.particles.empty_events = "keep";
  features(write("rows.csv", rows), "out.h5", settings);
  const events::Events table = events::read_events({folder_.file("out.h5"), ""});
  EXPECT_EQ(table.column("n_jets")[9], 0);
  EXPECT_EQ(table.column("mj1")[9], 0);
}

TEST_F(FeatureFile, NeverReplacesItsInput) {
  const std::string input = write("rows.csv", random_rows());
  expect_throws_with<InputError>([&] { features(input, "rows.csv"); }, "is the input", "-o");
}

TEST_F(FeatureFile, StopsWhenAskedAndLeavesNothing) {
  const std::string input = write("rows.csv", random_rows());
  const std::atomic<bool> stop{true};
  EXPECT_THROW(write_feature_file({input, ""}, folder_.file("out.h5"), {}, base::Monitor(nullptr, &stop)),
               base::Interrupted);
  EXPECT_EQ(folder_.listing(), std::vector<std::string>{"rows.csv"});
}

TEST_F(FeatureFile, OutputThatCannotBeWritten) {
  const std::string input = write("rows.csv", random_rows());
  expect_throws_with<base::IoError>([&] { features(input, "no/folder/out.h5"); }, "cannot write", "no/folder/out.h5");
}

}  // namespace
}  // namespace eddy::jets
