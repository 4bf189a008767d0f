#pragma once

#include <string>
#include <vector>

namespace eddy::runs {

/// What a program of the batch system said.
struct ProgramOutput {
  bool is_there = true;  ///< false: there is none of this name on the PATH
  int code = 0;          ///< exit status; 128 + signal where one ended it
  std::string out;
  std::string err;

  /// The first line in which it complained.
  [[nodiscard]] std::string complaint() const;
};

/// Runs a program of the PATH in `folder` (empty: where this process is), without a shell, and waits for its end.
[[nodiscard]] ProgramOutput run_program(const std::vector<std::string>& arguments, const std::string& folder = "");

/// This program, as others may call it.
[[nodiscard]] std::string own_program();

}  // namespace eddy::runs
