#pragma once
// Panels that show how well scores separate labelled signal from background.

#include <eddy/classify/roc.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <string>
#include <vector>

namespace eddy::report {

/// One score: its curve, and where it has been retrained the median and the band of single retrainings.
struct ScoreLine {
  std::string name;
  std::string role;  ///< decides the colour
  std::string style = {};
  std::string median_style = "thin";
  bool with_error = false;  ///< draws the statistical error of the curve
  std::vector<classify::RocPoint> curve = {};
  std::vector<search::MedianBand> band = {};
};

/// Whether any point of the curve is above the statistics cut-off.
[[nodiscard]] bool is_drawable(const ScoreLine& score);

/// Significance improvement against background efficiency, signal efficiency or rejection, with the line of a score
/// that knows nothing. Points below the statistics cut-off are left out.
[[nodiscard]] Panel sic_panel(const std::vector<ScoreLine>& scores);

/// Background rejection against signal efficiency.
[[nodiscard]] Panel roc_panel(const std::vector<ScoreLine>& scores);

}  // namespace eddy::report
