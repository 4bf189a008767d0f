// Searches as another program than the command line runs them: this test links runs/ without cli/.

#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/read.hpp>
#include <eddy/events/write.hpp>
#include <eddy/runs/commands.hpp>

#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace eddy::runs {
namespace {

constexpr const char* kConfig = R"(
[search]
name = "small"
[data]
file = "events.h5"
identity = ["run", "event"]
[template]
file = "template.h5"
[features]
context = ["met"]
x = ["m"]
[regions]
signal = "met > 700"
[flow]
members = 2
epochs = 1
hidden = 16
[classifier]
members = 2
[trees]
max_iterations = 5
[folds]
k = 2
[working_points]
efficiency = [0.1]
)";

/// Hears what a command says.
class Ear final : public Listener {
 public:
  void open_log(const std::string& path) override { log_path = path; }
  void log(const std::string& /*level*/, const std::string& /*message*/) override {}
  void info(const std::string& message) override {
    const std::scoped_lock lock(mutex_);
    messages.push_back(message);
  }
  void warn(const std::string& message) override { info(message); }
  void progress(std::string_view /*task*/, std::size_t /*done*/, std::size_t /*total*/,
                const std::string& /*note*/) override {}
  std::string log_path;
  std::vector<std::string> messages;

 private:
  std::mutex mutex_;
};

constexpr std::uint64_t kFirstEvent = (std::uint64_t{1} << 53U) + 1;  // no float64 holds it

/// Background whose mass depends on met; every event has its own number.
events::Events background(std::uint64_t seed) {
  constexpr std::size_t kEvents = 2000;
  base::RandomStream stream({seed}, "events");
  std::vector<float> met(kEvents);
  std::vector<float> m(kEvents);
  std::vector<std::int32_t> run(kEvents, 362104);
  std::vector<std::uint64_t> event(kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    met[i] = static_cast<float>(500 - 200 * std::log(stream.uniform()));
    m[i] = static_cast<float>(met[i] / 1000 + 0.5 * stream.normal());
    event[i] = kFirstEvent + i;
  }
  events::Events table;
  table.add({"met", "GeV", met});
  table.add({"m", "", m});
  table.add({"run", "", run});
  table.add({"event", "", event});
  return table;
}

class Runs : public testing::Test {
 protected:
  Runs() {
    events::write_hdf5(folder.file("events.h5"), background(1));
    events::write_hdf5(folder.file("template.h5"), background(2));
    std::ofstream(folder.file("search.toml")) << kConfig;
  }

  std::string search() {
    return run({.config = folder.file("search.toml"), .out = folder.file("run"), .store = {}, .set = {}}, ear, stop);
  }

  events::Events read(const std::string& file, const std::set<std::string>& exact) {
    return events::read_events(events::parse_location(file), {.wanted = {}, .array_columns = {}, .exact = exact});
  }

  test::TemporaryFolder folder;
  Ear ear;
  std::atomic<bool> stop = false;
};

TEST_F(Runs, leave_a_run_folder_and_say_what_they_found) {
  EXPECT_EQ(search(), folder.file("run"));
  EXPECT_EQ(ear.log_path, folder.file("run/log.txt"));
  std::ifstream file(folder.file("run/result.json"));
  const base::Json result = base::Json::parse(file);
  EXPECT_EQ(result.at("method"), "conrad");
  EXPECT_EQ(result.at("family"), "conrad");
  EXPECT_EQ(result.at("working_points").size(), 1U);
  EXPECT_THAT(ear.messages, testing::Contains(testing::HasSubstr("efficiency 0.1: observed")));
}

TEST_F(Runs, carry_the_identity_of_events_to_their_scores) {
  search();
  score({.run = folder.file("run"),
         .events = folder.file("events.h5"),
         .output = folder.file("scored.h5"),
         .array_columns = {}},
        {});
  for (const std::string name : {"run/scores.h5", "scored.h5"}) {
    const events::Events scores = read(folder.file(name), {"row", "run", "event"});
    ASSERT_EQ(scores.size(), 2000U) << name;
    const auto integers = [&](const char* column) {
      return scores.values(column).visit([](const auto& v) { return std::vector<std::int64_t>(v.begin(), v.end()); });
    };
    EXPECT_THAT(integers("run"), testing::Each(362104)) << name;
    const std::vector<std::int64_t> event = integers("event");
    const std::vector<std::int64_t> row = integers("row");
    for (std::size_t i = 0; i < event.size(); ++i) {
      ASSERT_EQ(event[i], static_cast<std::int64_t>(kFirstEvent) + row[i]) << name;
    }
  }
}

TEST_F(Runs, stop_when_they_are_told) {
  stop = true;
  EXPECT_THROW(search(), base::Interrupted);
}

}  // namespace
}  // namespace eddy::runs
