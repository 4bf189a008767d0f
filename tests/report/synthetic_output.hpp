#pragma once
// A CONRAD run made of random numbers: the events and the scores are drawn, the counts are counted, so that everything
// fits together as in a real run.

#include <eddy/search/finding.hpp>

#include <cstddef>

namespace eddy::report_test {

struct SyntheticOptions {
  std::size_t n_data = 20000;
  std::size_t n_template = 30000;
  std::size_t n_signal = 3000;   ///< labelled signal that is not in the data
  std::size_t n_injected = 150;  ///< signal in the data
  bool with_labels = true;       ///< truth, closure against truth, evaluations
  bool with_warnings = true;
};

/// The same output for the same options, always.
[[nodiscard]] search::Finding synthetic_output(const SyntheticOptions& options = {});

}  // namespace eddy::report_test
