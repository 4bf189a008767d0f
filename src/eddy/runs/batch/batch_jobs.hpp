#pragma once
// What a batch system is asked to run: plain eddy commands, each in one or several processes.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eddy::runs {

/// One job, or an array of equal ones.
struct BatchJob {
  std::string name;                  ///< "experiments"; of its files in batch/ too
  std::int64_t processes = 1;        ///< of the array
  std::vector<std::string> command;  ///< program and arguments
  std::string after;                 ///< name of the job that must have ended before; empty: none
  bool after_success = false;        ///< and well: else its tasks that are missing are computed by this one
};

/// What all jobs share.
struct BatchSettings {
  std::string name;    ///< of the run, for lists of jobs
  std::string folder;  ///< batch/ of the run, absolute
  std::string start;   ///< where commands start, absolute
  /// Name and value of what all of them find in their environment: EDDY_INSTRUCTIONS, and what the configuration names.
  std::vector<std::pair<std::string, std::string>> environment;
  std::int64_t threads = 1;          ///< of each process
  std::int64_t memory_mb = 0;        ///< of each process; 0: what the system gives
  std::string time;                  ///< longest time of each process, as the system writes it; empty: its default
  std::vector<std::string> options;  ///< further lines, as the system writes them
};

/// A file that the batch system is given.
struct BatchFile {
  std::string name;  ///< in batch/
  std::string text;
};

/// Whether a text is a whole number of at most nine digits.
[[nodiscard]] bool is_count(std::string_view text);

/// For the shell: one word whatever is in it.
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace eddy::runs
