#pragma once

#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/json_fwd.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace eddy::runs {

/// Facts that differ from run to run (run.json); kept apart from the results, which do not. `seconds` is wall time.
[[nodiscard]] base::Json run_facts(double seconds);

/// The time that a command takes, from when this is made: in all, and the processor's by part of the command and by
/// kind of work.
class RunClock {
 public:
  RunClock() : begin_(std::chrono::steady_clock::now()), last_(base::cpu_seconds()) {}

  /// Wall time.
  [[nodiscard]] double seconds() const;

  /// What was spent since the last part ended was spent on `part`, but for `elsewhere`, which another one names.
  void end_part(const std::string& part, const base::CpuSeconds& elsewhere = {});

  /// Names time that end_part left out.
  void add_part(const std::string& part, const base::CpuSeconds& spent) { parts_.emplace_back(part, spent); }

  /// run_facts, and "cpu_stages": seconds of each kind of work in each part.
  [[nodiscard]] base::Json facts() const;

  /// The kinds of work that took most, in all parts: "flows 61 %, classifiers 12 %".
  [[nodiscard]] std::string summary() const;

 private:
  std::chrono::steady_clock::time_point begin_;
  base::CpuSeconds last_;
  std::vector<std::pair<std::string, base::CpuSeconds>> parts_;
};

}  // namespace eddy::runs
