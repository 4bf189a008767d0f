#include <eddy/base/process.hpp>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace eddy::base {
namespace {

/// A child that waits until it is killed.
class Child {
 public:
  Child() : id_(::fork()) {
    if (id_ == 0) {
      ::pause();
      ::_exit(0);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { reap(); }
  [[nodiscard]] long id() const { return id_; }
  void kill() const { ::kill(id_, SIGKILL); }
  /// Until it is a zombie: dead, and nobody has asked for its exit code.
  void wait_for_zombie() const {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOWAIT);
  }
  void reap() {
    if (id_ > 0) {
      kill();
      ::waitpid(id_, nullptr, 0);
      id_ = 0;
    }
  }

 private:
  pid_t id_;
};

TEST(StartTicks, AreThoseOfALivingProcessAlone) {
  EXPECT_GT(start_ticks(::getpid()), 0U);
  EXPECT_EQ(start_ticks(::getpid()), start_ticks(::getpid()));
  Child child;
  const long id = child.id();
  EXPECT_GE(start_ticks(id), start_ticks(::getpid()));
  child.kill();
  child.wait_for_zombie();
  EXPECT_EQ(start_ticks(id), 0U) << "a zombie is at work no more";
  child.reap();
  EXPECT_EQ(start_ticks(id), 0U);
}

TEST(IsGone, SaysSoOfTheDeadAlone) {
  EXPECT_FALSE(is_gone(::getpid()));
  EXPECT_FALSE(is_gone(1)) << "another user's, perhaps";
  EXPECT_TRUE(is_gone(1L << 40)) << "no number of a process";
  Child child;
  const long id = child.id();
  EXPECT_FALSE(is_gone(id));
  child.kill();
  child.wait_for_zombie();
  EXPECT_TRUE(is_gone(id));
  child.reap();
  EXPECT_TRUE(is_gone(id));
}

TEST(ProcessSpace, IsThatOfTheChildrenToo) {
  EXPECT_NE(process_space(), "");
  const std::string space = process_space();
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(process_space() == space ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(HostAndBoot, AreThere) {
  EXPECT_FALSE(host_name().empty());
  EXPECT_EQ(boot_id().size(), 36U);  // a UUID
}

}  // namespace
}  // namespace eddy::base
