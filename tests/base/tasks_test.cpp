#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/base/tasks.hpp>

#include <base/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
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

/// Keeps what it is told.
class Record final : public TaskObserver {
 public:
  void plan(const std::string& /*work*/, const std::vector<std::string>& tasks) override { planned = tasks; }
  void begin(const std::string& task) override {
    const std::lock_guard lock(mutex);
    begun.push_back(task);
  }
  void end(const std::string& task, TaskOutcome outcome, double /*seconds*/) override {
    const std::lock_guard lock(mutex);
    ended[task] = outcome;
  }
  std::mutex mutex;  ///< tasks begin and end on many threads
  std::vector<std::string> planned;
  std::vector<std::string> begun;
  std::map<std::string, TaskOutcome> ended;
};

/// Two processes at one store, as two sets of leases.
class SharedTasks : public ::testing::Test {
 protected:
  static constexpr TaskLeases::Times kQuick{.beat = std::chrono::milliseconds(20),
                                            .patience = std::chrono::milliseconds(200)};
  TaskStore share() { return store_.shared(std::make_shared<TaskLeases>(folder_.path(), "eddy run", kQuick), record_); }
  static Json square(const TaskStore& store, int i, std::atomic<int>& n_computed) {
    return store.get_or_compute("square", key_of({{"i", i}}),
                                [&] {
                                  ++n_computed;
                                  std::this_thread::sleep_for(std::chrono::milliseconds(10));
                                  return Json{{"square", i * i}};
                                },
                                {});
  }

  test::TemporaryFolder folder_;
  TaskStore store_{folder_.path()};
  std::shared_ptr<Record> record_ = std::make_shared<Record>();
};

TEST_F(SharedTasks, AreEachComputedByOneProcessAndFoundByAll) {
  constexpr int kTasks = 12;
  std::atomic<int> n_computed = 0;
  std::vector<Json> found(4);
  std::vector<std::jthread> processes;
  for (Json& of_process : found) {
    processes.emplace_back([&] {
      const TaskStore store = store_.shared(std::make_shared<TaskLeases>(folder_.path(), "eddy run", kQuick), nullptr);
      std::vector<Json> squares(kTasks);
      for_each_task(kTasks, store, AtOnce::kOne, [&](std::size_t i, const TaskStore& shared) {
        squares[i] = square(shared, static_cast<int>(i), n_computed);
      });
      of_process = squares;
    });
  }
  processes.clear();
  EXPECT_EQ(n_computed, kTasks);
  for (const Json& of_process : found) {
    for (int i = 0; i < kTasks; ++i) {
      EXPECT_EQ(of_process.at(static_cast<std::size_t>(i)).at("square"), i * i);
    }
  }
  EXPECT_THAT(leases_in(folder_.path()), IsEmpty());
}

// A thread that waits for parts of its task must not begin to wait for another process meanwhile: that one may wait for
// it.
TEST_F(SharedTasks, WithPartsSideBySideNeverWaitForOneAnotherInACircle) {
  constexpr int kTasks = 24;
  std::atomic<int> n_computed = 0;
  const auto process = [&](bool backwards) {
    const TaskStore store = store_.shared(std::make_shared<TaskLeases>(folder_.path(), "eddy run", kQuick), nullptr);
    for_each_task(kTasks, store, AtOnce::kAll, [&](std::size_t place, const TaskStore& shared) {
      const auto i = static_cast<int>(backwards ? kTasks - 1 - place : place);
      static_cast<void>(shared.get_or_compute("parts", key_of({{"i", i}}),
                                              [&] {
                                                parallel_tasks(8, [](std::size_t part) {
                                                  std::this_thread::sleep_for(std::chrono::milliseconds(1 + part));
                                                });
                                                ++n_computed;
                                                return Json{{"square", i * i}};
                                              },
                                              {}));
    });
  };
  std::jthread other([&] { process(true); });
  process(false);
  other.join();
  EXPECT_EQ(n_computed, kTasks);
}

TEST_F(SharedTasks, ThatOthersAreAtAreLeftToThemOnceNothingElseIsLeft) {
  std::atomic<int> n_computed = 0;
  TaskLeases other(folder_.path(), "eddy run", kQuick);
  const std::string path = store_.path_of("square", key_of({{"i", 1}}));
  const std::string task = std::filesystem::path(path).stem();
  const TaskStore store = share();
  {
    const auto lease = other.take(task);
    EXPECT_THROW(for_each_task(3, store.without_waiting(), AtOnce::kAll,
                               [&](std::size_t i, const TaskStore& shared) {
                                 static_cast<void>(square(shared, static_cast<int>(i), n_computed));
                               }),
                 TakenElsewhere);
    EXPECT_EQ(n_computed, 2);
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_EQ(square(store, 1, n_computed).at("square"), 1);
  EXPECT_EQ(n_computed, 3);
  EXPECT_EQ(store.path_of(task), path);
}

TEST_F(SharedTasks, AreToldToTheObserver) {
  std::atomic<int> n_computed = 0;
  const TaskStore store = share();
  store.plan("squares", "square", {key_of({{"i", 1}}), key_of({{"i", 2}})});
  static_cast<void>(square(store, 1, n_computed));
  static_cast<void>(square(store, 1, n_computed));
  ASSERT_EQ(record_->planned.size(), 2);
  EXPECT_THAT(record_->begun, ElementsAre(record_->planned[0]));
  EXPECT_EQ(record_->ended.at(record_->planned[0]), TaskOutcome::kFound);
  const auto failing = []() -> Json { throw IoError("the disk is full"); };
  EXPECT_THROW(static_cast<void>(store.get_or_compute("square", key_of({{"i", 2}}), failing, {})), IoError);
  EXPECT_EQ(record_->ended.at(record_->planned[1]), TaskOutcome::kFailed);
  EXPECT_THAT(leases_in(folder_.path()), IsEmpty()) << "another process may try";
}

TEST_F(SharedTasks, OfAStoreThatIsNotWrittenAreNobodysBusiness) {
  std::atomic<int> n_computed = 0;
  const TaskStore store = share().without_writing();
  EXPECT_FALSE(store.is_shared());
  static_cast<void>(square(store, 1, n_computed));
  EXPECT_THAT(folder_.listing(), IsEmpty());
}

}  // namespace
}  // namespace eddy::base
