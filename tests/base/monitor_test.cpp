#include <eddy/base/error.hpp>
#include <eddy/base/monitor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eddy::base {
namespace {

using ::testing::HasSubstr;

class MockSink : public MonitorSink {
 public:
  MOCK_METHOD(void, info, (const std::string& message), (override));
  MOCK_METHOD(void, warn, (const std::string& message), (override));
  MOCK_METHOD(void, progress, (std::string_view task, std::size_t done, std::size_t total, const std::string& note),
              (override));
};

TEST(Monitor, HandsEverythingToItsSink) {
  MockSink sink;
  const Monitor monitor(&sink, nullptr);
  EXPECT_CALL(sink, info("reading"));
  EXPECT_CALL(sink, warn("2 events dropped"));
  EXPECT_CALL(sink, progress(std::string_view("flow 1"), 3U, 50U, "loss 1.25"));
  monitor.info("reading");
  monitor.warn("2 events dropped");
  monitor.progress("flow 1", 3, 50, "loss 1.25");
}

TEST(Monitor, IsSilentAndNeverStopsByDefault) {
  const Monitor monitor;
  monitor.info("x");
  monitor.warn("x");
  monitor.progress("x", 1, 2);
  EXPECT_NO_THROW(monitor.check_stop());
}

TEST(Monitor, StopsOnceTheUserAskedAndSaysHowToResume) {
  std::atomic<bool> stop = false;
  const Monitor monitor(nullptr, &stop);
  EXPECT_NO_THROW(monitor.check_stop());
  stop = true;
  try {
    monitor.check_stop();
    ADD_FAILURE() << "did not stop";
  } catch (const Interrupted& error) {
    EXPECT_THAT(error.what(), HasSubstr("run the same command again to resume"));
  }
}

}  // namespace
}  // namespace eddy::base
