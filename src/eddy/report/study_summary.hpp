#pragma once
// What the repeats of a study say together: medians and central 68 % bands against its x axis.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/study_table.hpp>

#include <string>
#include <vector>

namespace eddy::report {

/// One number over the repeats at one value of the x axis.
struct StudyBand {
  std::size_t x = 0;           ///< which value of the x axis; 0 in a study without one
  std::size_t n = 0;           ///< numbers behind the median
  std::size_t n_repeated = 0;  ///< repeats with the very result of another one (the seed of nothing): not counted again
  std::size_t n_missing = 0;   ///< results in which the number does not exist
  std::size_t n_failed = 0;
  double median = 0;  ///< NaN without a number
  double low = 0;
  double high = 0;
};

/// One column for one choice of the axes that are neither x nor repeats.
struct StudyCurve {
  std::vector<std::size_t> group;  ///< which value of each such axis, in the order of the axes
  std::size_t column = 0;
  std::vector<StudyBand> points = {};
};

/// Curves by column, then by group; those of which no point has the number are left out. Bands are quantiles, linear
/// between neighbours.
[[nodiscard]] std::vector<StudyCurve> study_curves(const StudyTable& table);

/// study.json (docs/study.md): the table, the curves and how many points failed.
[[nodiscard]] Json study_document(const StudyTable& table);

}  // namespace eddy::report
