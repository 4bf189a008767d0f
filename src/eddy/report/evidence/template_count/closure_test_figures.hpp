#pragma once
// Can a classifier tell constructed background from true background? (2311.12924, fig. 5)

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eddy::report {

/// Closure tests that are drawn in one colour: those of one name ("Morph", "simulation"), in any region.
struct ClosureSeries {
  std::string name;
  std::string role;
  std::vector<search::ClosureTest> tests = {};
};

/// AUC of each run with mean and central 68 %, one place on the x axis for each region; a line at 0.5. Needs a test.
[[nodiscard]] Panel closure_auc_panel(const std::vector<ClosureSeries>& series);

/// Fig. 5a: the method, the simulation as it is and two true samples. Nothing without closure tests.
[[nodiscard]] std::optional<Figure> closure_auc_figure(const search::Finding& output);

/// Fig. 5b: the significance improvement of the same classifiers, true events as signal: median and central 68 % over
/// runs, a panel for each region. Nothing without closure tests.
[[nodiscard]] std::optional<Figure> closure_sic_figure(const search::Finding& output);

}  // namespace eddy::report
