#pragma once
// A resonant search made of random numbers: events and scores are drawn, cut, counted and fitted, so that everything
// fits together as in a real run. The masses follow a power law, which the dijet function contains.

#include <eddy/search/finding.hpp>

#include <cstddef>

namespace eddy::report_test {

struct ResonantOptions {
  std::size_t n_background = 120000;
  std::size_t n_injected = 210;  ///< signal at 3.5 TeV
  bool with_labels = true;       ///< truth and evaluations
  bool with_sidebands = true;    ///< without: evaluations alone, as for signal-region arrays
  std::size_t n_toys = 60;
};

/// The same output for the same options, always.
[[nodiscard]] search::Finding synthetic_resonant(const ResonantOptions& options = {});

/// Makes every fit of a working point fail.
void fail_fits(search::WorkingPoint& point);

}  // namespace eddy::report_test
