// A reader process may crash, compute without end, ask for all memory or talk nonsense: the asker hears of it and lives
// on.

#include <eddy/base/error.hpp>
#include <eddy/events/reader_process.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <string>
#include <thread>
#include <vector>

namespace eddy::events {
namespace {

constexpr ReaderLimits kLimits{std::uint64_t{256} << 20, 1.0, 20.0};

std::string serve(std::string_view request, std::span<std::byte> block) {
  if (request == "crash") {
    std::raise(SIGSEGV);
  } else if (request == "leave") {
    ::_exit(3);
  } else if (request == "loop") {
    for (volatile bool forever = true; forever;) {
    }
  } else if (request == "fill") {
    std::memset(block.data(), 7, block.size());
  } else if (request == "memory") {
    try {
      return std::to_string(std::vector<char>(std::size_t{1} << 30, 'x').size());
    } catch (const std::bad_alloc&) {
      return "none";
    }
  } else if (request == "files") {
    std::size_t n_open = 0;
    for (int file = 0; file < 256; ++file) {
      n_open += ::lseek(file, 0, SEEK_CUR) >= 0 || errno != EBADF ? 1 : 0;
    }
    return std::to_string(n_open);
  }
  return "answer to " + std::string(request);
}

std::string end_of(ReaderProcess& process, const std::string& request) {
  try {
    process.ask(request);
  } catch (const ReaderEnd& end) {
    return end.what;
  }
  return "it lives";
}

TEST(ReaderProcess, AnswersOneRequestAfterTheOther) {
  ReaderProcess process(
      kLimits, [] {}, serve);
  EXPECT_EQ(process.ask("a"), "answer to a");
  EXPECT_EQ(process.ask(""), "answer to ");
  const std::string large(3'000'000, 'x');
  EXPECT_EQ(process.ask(large), "answer to " + large);
}

TEST(ReaderProcess, PassesBlocksOfAnySize) {
  ReaderProcess process(
      kLimits, [] {}, serve);
  for (const std::size_t bytes : {1U, 5'000'000U, 100U, 9'000'000U}) {
    std::size_t n_right = 0;
    process.ask("fill", bytes, [&](std::span<const std::byte> block) {
      n_right = static_cast<std::size_t>(std::ranges::count(block, std::byte{7}));
    });
    EXPECT_EQ(n_right, bytes);
  }
}

TEST(ReaderProcess, EndsAreToldAndRemembered) {
  for (const auto& [request, what] : {std::pair<const char*, const char*>{"crash", "crashed (signal 11)"},
                                      {"leave", "gave up (status 3)"},
                                      {"loop", "computed for more than 1 s"}}) {
    ReaderProcess process(
        kLimits, [] {}, serve);
    EXPECT_EQ(end_of(process, request), what);
    EXPECT_EQ(end_of(process, "a"), what);
  }
}

TEST(ReaderProcess, OneThatWaitsForeverIsEnded) {
  ReaderProcess process(
      {std::uint64_t{256} << 20, 1.0, 0.2}, [] {},
      [](std::string_view, std::span<std::byte>) {
        ::pause();
        return std::string();
      });
  EXPECT_EQ(end_of(process, "a"), "gave no answer in 0 s");
}

TEST(ReaderProcess, HasLittleMemoryAndNoFilesOfItsParent) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  ReaderProcess process(
      kLimits, [] {}, serve);
  EXPECT_EQ(process.ask("memory"), "none");
#endif
  ReaderProcess another(
      kLimits, [] {}, serve);
  EXPECT_EQ(another.ask("files"), "5");  // the three standard ones, which lead nowhere, the socket and the block
}

/// Lowers a limit of this process while it lives.
class LowLimit {
 public:
  LowLimit(__rlimit_resource resource, rlim_t value) : resource_(resource) {
    ::getrlimit(resource_, &before_);
    rlimit low = before_;
    low.rlim_cur = value;
    ::setrlimit(resource_, &low);
  }
  LowLimit(const LowLimit&) = delete;
  LowLimit& operator=(const LowLimit&) = delete;
  ~LowLimit() { ::setrlimit(resource_, &before_); }

 private:
  __rlimit_resource resource_;
  rlimit before_{};
};

TEST(ReaderProcess, SaysWhyItCannotStart) {
  std::string message;
  {
    const LowLimit no_files(RLIMIT_NOFILE, 0);
    try {
      const ReaderProcess process(
          kLimits, [] {}, serve);
    } catch (const base::IoError& error) {
      message = error.what();
    }
  }
  EXPECT_THAT(message, ::testing::HasSubstr(std::strerror(EMFILE)));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ReaderProcess, AnAnswerWithoutMemoryForItIsNotTakenForTheNextOne) {
  constexpr std::size_t kLarge = std::size_t{64} << 20;  // more than an arena of malloc holds
  ReaderProcess process(
      kLimits, [] {},
      [](std::string_view request, std::span<std::byte>) {
        return request == "large" ? std::string(kLarge, 'x') : std::string(request);
      });
  EXPECT_EQ(process.ask("a"), "a");
  {
    ::malloc_trim(0);  // earlier tests left room
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const LowLimit little(RLIMIT_AS, pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) + kLarge / 64);
    EXPECT_THROW(process.ask("large"), std::bad_alloc);
  }
  EXPECT_EQ(end_of(process, "a"), "said more than there is memory for");
}
#endif

TEST(ReaderProcess, WorksWhileOtherThreadsCompute) {
  std::vector<std::thread> threads;
  std::atomic<int> n_right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        ReaderProcess process(
            kLimits, [] {}, serve);
        n_right += process.ask("a") == "answer to a" ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(n_right, 40);
}

}  // namespace
}  // namespace eddy::events
