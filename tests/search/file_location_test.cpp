#include <eddy/base/error.hpp>
#include <eddy/search/file_location.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "check_throws.hpp"

namespace eddy::search {
namespace {

/// An environment variable for the time of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

TEST(Locate, RelativePathsBeginInTheFolder) {
  EXPECT_EQ(locate("a/data.h5", "/runs/one").path, "/runs/one/a/data.h5");
  EXPECT_EQ(locate("/data.h5", "/runs/one").path, "/data.h5");
  EXPECT_EQ(locate("data.h5", "").path, "data.h5");
  const events::Location group = locate("data.h5:jets/raw", "/runs");
  EXPECT_EQ(group.path, "/runs/data.h5");
  EXPECT_EQ(group.group, "jets/raw");
}

TEST(Locate, VariablesAreReplacedOnce) {
  const Variable folder("EDDY_TEST_A", "/data");
  const Variable name("EDDY_TEST_B", "${EDDY_TEST_A}");
  const Variable empty("EDDY_TEST_C", "");
  EXPECT_EQ(locate("${EDDY_TEST_A}/x.h5", "/runs").path, "/data/x.h5") << "absolute after the replacement";
  EXPECT_EQ(locate("${EDDY_TEST_A}/${EDDY_TEST_A}.h5:g", "/runs").path, "/data//data.h5");
  EXPECT_EQ(locate("${EDDY_TEST_B}/x.h5", "/runs").path, "/runs/${EDDY_TEST_A}/x.h5") << "a value is no text to read";
  EXPECT_EQ(locate("x${EDDY_TEST_C}.h5", "/runs").path, "/runs/x.h5");
}

TEST(Locate, OtherDollarSignsAreLetters) {
  EXPECT_EQ(locate("$HOME/x{1}.h5", "/runs").path, "/runs/$HOME/x{1}.h5");
  EXPECT_EQ(locate("x${HOME", "/runs").path, "/runs/x${HOME");
}

TEST(Locate, AVariableThatIsNotSetIsNamedWithTheRemedy) {
  ::unsetenv("EDDY_TEST_UNSET");
  const Variable folder("EDDY_TEST_A", "/data");
  test::expect_throws_with<base::InputError>([] { (void)locate("${EDDY_TEST_A}/${EDDY_TEST_UNSET}/x.h5", "/runs"); },
                                             "'${EDDY_TEST_A}/${EDDY_TEST_UNSET}/x.h5'",
                                             "EDDY_TEST_UNSET, which is not set", "export EDDY_TEST_UNSET=");
  EXPECT_THROW((void)locate("${}/x.h5", "/runs"), base::InputError);
}

TEST(ShortName, DoesNotDependOnTheFolder) {
  EXPECT_EQ(short_name({"/a/b/data.h5", ""}), "data.h5");
  EXPECT_EQ(short_name({"data.h5", "jets/raw"}), "data.h5:jets/raw");
}

}  // namespace
}  // namespace eddy::search
