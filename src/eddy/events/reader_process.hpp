#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace eddy::events {

/// What a reader process may use.
struct ReaderLimits {
  std::uint64_t memory_bytes = 0;  ///< address space beyond what the asking process has
  double seconds = 0;              ///< of the processor, for all requests, beyond what their number and data explain
  double waiting_seconds = 0;      ///< of the clock, for one request: a disk that never answers
};

/// What became of a reader process, in words: "crashed (signal 11)", "computed for more than 5 s".
struct ReaderEnd {
  std::string what;
};

/// A child process that reads a file which may be damaged, so that code which cannot be trusted with such files
/// (libhdf5) takes at most the child down. It is forked from this one and answers requests one after the other until
/// this object ends; it has no memory beyond its limit, no open files but its own, and dies with its asker. What it
/// sends must be checked by the asker like the file itself. Safe to use from several threads.
class ReaderProcess {
 public:
  /// Runs in the child. Answers a request; values go to `block`, which both processes see.
  using Serve = std::function<std::string(std::string_view request, std::span<std::byte> block)>;

  /// Starts the child. `begin` is called in it first. Throws IoError when the system has no room for a process.
  ReaderProcess(const ReaderLimits& limits, const std::function<void()>& begin, const Serve& serve);
  ReaderProcess(const ReaderProcess&) = delete;
  ReaderProcess& operator=(const ReaderProcess&) = delete;
  ~ReaderProcess();

  /// The answer to `request`. With `block_bytes`, that many bytes that the child wrote are passed to `use` before the
  /// next request may change them. Throws ReaderEnd when the child died or took too long, now or earlier, and
  /// std::bad_alloc where this process has no memory for the answer.
  std::string ask(const std::string& request, std::size_t block_bytes = 0,
                  const std::function<void(std::span<const std::byte>)>& use = {});

 private:
  void send(const std::string& request, std::size_t block_bytes);
  std::string receive();
  void make_room(std::string& answer, std::size_t bytes);
  [[noreturn]] void end(bool too_slow);
  void require_block(std::size_t bytes);

  ReaderLimits limits_;
  std::mutex mutex_;
  int child_ = -1;
  int socket_ = -1;
  int block_file_ = -1;
  std::span<std::byte> block_;
  std::string ended_;  ///< how the child ended; empty while it lives
};

}  // namespace eddy::events
