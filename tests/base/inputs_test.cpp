#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/inputs.hpp>

#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

namespace eddy::base {
namespace {

namespace fs = std::filesystem;
using test::expect_throws_with;

/// A folder with one input, reached by several names.
class Inputs : public testing::Test {
 protected:
  Inputs() {
    write_atomically(input_, "events");
    fs::create_directory(folder_.file("sub"));
    fs::create_symlink(input_, folder_.file("symbolic"));
    fs::create_symlink(folder_.path(), folder_.file("sub/up"));
    fs::create_hard_link(input_, folder_.file("hard"));
    write_atomically(folder_.file("other"), "events");
  }
  [[nodiscard]] std::vector<std::string> names() const {
    return {input_,
            folder_.file("./in.h5"),
            folder_.file("sub/../in.h5"),
            folder_.file("symbolic"),
            folder_.file("sub/up/in.h5"),
            folder_.file("hard")};
  }
  test::TemporaryFolder folder_;
  std::string input_ = folder_.file("in.h5");
};

TEST_F(Inputs, AreKnownByEveryName) {
  for (const std::string& a : names()) {
    EXPECT_FALSE(is_same_file(a, folder_.file("other")));
    EXPECT_FALSE(is_same_file(a, folder_.file("missing")));
    for (const std::string& b : names()) {
      EXPECT_TRUE(is_same_file(a, b)) << a << " " << b;
      expect_throws_with<InputError>(
          [&] {
            require_not_an_input(a, std::vector{folder_.file("other"), b}, "-o");
          },
          a, b, "would be replaced", "give another name with -o");
    }
  }
  EXPECT_FALSE(is_same_file(folder_.file("missing"), folder_.file("missing")));
}

TEST_F(Inputs, ThatAreOthersAreNoHindrance) {
  const std::vector<std::string> inputs = {input_, folder_.file("missing"), ""};
  EXPECT_NO_THROW(require_not_an_input(folder_.file("other"), inputs, "-o"));
  EXPECT_NO_THROW(require_not_an_input(folder_.file("new"), inputs, "-o"));
  EXPECT_NO_THROW(require_not_an_input(folder_.file("sub"), inputs, "-o"));
}

TEST_F(Inputs, InAFolderThatMayBeRemovedAreRefused) {
  write_atomically(folder_.file("sub/in.h5"), "events");
  fs::create_directory_symlink(folder_.file("sub"), folder_.file("link"));
  for (const char* name : {"sub/in.h5", "link/in.h5", "sub/up/sub/in.h5"}) {
    expect_throws_with<InputError>(
        [&] { require_not_an_input(folder_.file("sub"), std::vector{folder_.file(name)}, "--out"); }, name,
        "may be removed", "move it", "--out");
  }
  fs::create_directory(folder_.file("sub2"));
  write_atomically(folder_.file("sub2/in.h5"), "events");  // not in "sub", for all its name
  EXPECT_NO_THROW(require_not_an_input(folder_.file("sub"), std::vector{folder_.file("sub2/in.h5")}, "--out"));
  EXPECT_FALSE(is_inside(folder_.file("sub"), folder_.file("sub")));
}

}  // namespace
}  // namespace eddy::base
