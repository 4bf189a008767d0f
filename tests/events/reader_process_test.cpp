// A reader process may crash, compute without end, ask for all memory or talk nonsense: the asker hears of it and lives
// on.

#include <eddy/events/reader_process.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
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
