#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/tasks.hpp>

#include <base/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <vector>

namespace eddy::base {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Keeps the warnings.
class WarningSink final : public MonitorSink {
 public:
  void info(const std::string& /*message*/) override {}
  void warn(const std::string& message) override { warnings.push_back(message); }
  void progress(std::string_view /*task*/, std::size_t /*done*/, std::size_t /*total*/,
                const std::string& /*note*/) override {}
  std::vector<std::string> warnings;
};

/// The key of a task that works on three numbers.
TaskKey key_of(const Json& settings) {
  const std::vector<float> values = {1, 2, 3};
  return {TaskInputs().add("x", std::span<const float>(values)), settings};
}

class Tasks : public ::testing::Test {
 protected:
  Json train(const Json& settings = {{"seed", 1}}) {
    return store_.get_or_compute(
        "flow", key_of(settings),
        [&] {
          ++n_computed_;
          return Json{{"loss", 1.5}};
        },
        Monitor(&sink_, &stop_));
  }

  test::TemporaryFolder folder_;
  TaskStore store_{folder_.file("models")};
  std::string path_ = store_.path_of("flow", key_of({{"seed", 1}}));
  WarningSink sink_;
  std::atomic<bool> stop_ = false;
  int n_computed_ = 0;
};

TEST_F(Tasks, AreComputedOnce) {
  const Json first = train();
  EXPECT_EQ(train(), first);
  EXPECT_EQ(first, (Json{{"loss", 1.5}}));
  EXPECT_EQ(n_computed_, 1);
  EXPECT_THAT(sink_.warnings, IsEmpty());
}

TEST_F(Tasks, AreFoundByALaterRun) {
  static_cast<void>(train());
  store_ = TaskStore(folder_.file("models"));
  static_cast<void>(train());
  EXPECT_EQ(n_computed_, 1);
}

TEST_F(Tasks, AreComputedAgainWhenTheirFileIsDamaged) {
  static_cast<void>(train());
  const std::string whole = read_file(path_);
  write_atomically(path_, whole.substr(0, whole.size() / 2));
  EXPECT_EQ(train(), (Json{{"loss", 1.5}}));
  EXPECT_EQ(n_computed_, 2);
  EXPECT_THAT(sink_.warnings, ElementsAre(AllOf(HasSubstr(path_), HasSubstr("computing it again"))));
  EXPECT_EQ(read_file(path_), whole);
}

TEST_F(Tasks, AreComputedAgainWhenTheirFileIsThatOfAnother) {
  static_cast<void>(train());
  const std::string own = read_file(path_);
  static_cast<void>(train({{"seed", 2}}));
  std::filesystem::copy_file(store_.path_of("flow", key_of({{"seed", 2}})), path_,
                             std::filesystem::copy_options::overwrite_existing);
  static_cast<void>(train());
  EXPECT_EQ(n_computed_, 3);
  EXPECT_THAT(sink_.warnings, ElementsAre(AllOf(HasSubstr(path_), HasSubstr("another task"), HasSubstr("again"))));
  EXPECT_EQ(read_file(path_), own);
}

TEST_F(Tasks, AreComputedAgainWhenTheirFileIsAnArtefactOfAnotherKind) {
  write_artefact(path_, Json{{"loss", 0.5}});
  EXPECT_EQ(train(), (Json{{"loss", 1.5}}));
  write_artefact(path_, Json(7));
  EXPECT_EQ(train(), (Json{{"loss", 1.5}}));
  EXPECT_EQ(n_computed_, 2);
}

TEST_F(Tasks, BelongToTheirEnvironment) {
  static_cast<void>(train());
  store_ = TaskStore(folder_.file("models"), {{"instructions", "other"}});
  static_cast<void>(train());
  EXPECT_EQ(n_computed_, 2);
}

TEST_F(Tasks, LeaveNothingWhenTheComputationThrows) {
  const auto fail = []() -> Json { throw NumericError("loss is nan"); };
  EXPECT_THROW(static_cast<void>(store_.get_or_compute("flow", key_of({{"seed", 1}}), fail, Monitor())), NumericError);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.file("models")));
  static_cast<void>(train());
  EXPECT_EQ(n_computed_, 1);
}

TEST_F(Tasks, AreNotBegunAfterTheUserAskedToStopButStillRead) {
  stop_ = true;
  EXPECT_THROW(static_cast<void>(train()), Interrupted);
  stop_ = false;
  static_cast<void>(train());
  stop_ = true;
  EXPECT_NO_THROW(static_cast<void>(train()));
}

TEST_F(Tasks, HaveOneFilePerKindAndIdentity) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Json> identities = {{{"seed", 1}},
                                        {{"seed", 2}},
                                        {{"seed", 1}, {"epochs", 50}},
                                        {{"seed", 1.5}},
                                        {{"seed", "1"}},
                                        {{"seed", nan}},
                                        {{"seed", nullptr}},
                                        {{"seed", std::numeric_limits<double>::infinity()}}};
  std::set<std::string> paths = {store_.path_of("tree", key_of(identities[0]))};
  for (const Json& identity : identities) {
    paths.insert(store_.path_of("flow", key_of(identity)));
  }
  EXPECT_EQ(paths.size(), identities.size() + 1);
}

TEST_F(Tasks, DoNotDependOnTheOrderOfTheKeys) {
  EXPECT_EQ(store_.path_of("flow", key_of(Json::parse(R"({"a": 1, "b": 2})"))),
            store_.path_of("flow", key_of(Json::parse(R"({"b": 2, "a": 1})"))));
}

TEST_F(Tasks, AcceptFileNamesThatAreNoUtf8) { EXPECT_NO_THROW(static_cast<void>(train({{"file", "d\xe9j\xe0.h5"}}))); }

TEST(TaskStore, NeedsAFolderItCanWrite) {
  const test::TemporaryFolder folder;
  write_atomically(folder.file("models"), "");
  EXPECT_THROW(TaskStore(folder.file("models")), IoError);
}

}  // namespace
}  // namespace eddy::base
