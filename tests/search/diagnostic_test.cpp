#include <eddy/base/error.hpp>
#include <eddy/search/diagnostic.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace eddy::search {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DescribeBy, TurnsFailuresIntoWarnings) {
  std::vector<std::string> warnings;
  describe_by("the benchmarks", warnings, [] { throw base::NumericError("the loss is nan"); });
  describe_by("sculpting", warnings, [] { throw std::out_of_range("vector"); });
  EXPECT_THAT(warnings, ElementsAre(AllOf(HasSubstr("the benchmarks could not be done"), HasSubstr("the loss is nan")),
                                    AllOf(HasSubstr("sculpting could not be done"), HasSubstr("vector"))));
}

TEST(DescribeBy, SaysNothingOfWhatWentWell) {
  std::vector<std::string> warnings;
  bool done = false;
  describe_by("the benchmarks", warnings, [&] { done = true; });
  EXPECT_TRUE(done);
  EXPECT_THAT(warnings, IsEmpty());
}

TEST(DescribeBy, LetsTheUserAndTheDiskStopTheSearch) {
  std::vector<std::string> warnings;
  EXPECT_THROW(describe_by("x", warnings, [] { throw base::Interrupted("stopped"); }), base::Interrupted);
  EXPECT_THROW(describe_by("x", warnings, [] { throw base::IoError("full"); }), base::IoError);
  EXPECT_THAT(warnings, IsEmpty());
}

}  // namespace
}  // namespace eddy::search
