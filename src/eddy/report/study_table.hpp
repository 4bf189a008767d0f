#pragma once
// The table of a study: one row per point of the product of its axes, one column per number that was asked for.

#include <eddy/base/json.hpp>
#include <eddy/events/events.hpp>
#include <eddy/report/metric_path.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::report {

using base::Json;

/// What an axis is in figures: along them, one curve for each of its values, or averaged over.
enum class AxisRole : std::uint8_t { kX, kCurve, kRepeat };

/// One setting of the configuration, and the values that it takes.
struct StudyAxis {
  std::string key;           ///< "inject.seed"
  std::string label;         ///< in figures and tables
  std::vector<Json> values;  ///< numbers, texts, booleans or lists of them
  AxisRole role = AxisRole::kCurve;
};

/// One point of the product, computed or failed.
struct StudyPoint {
  std::vector<std::size_t> place;                      ///< which value of each axis
  std::string error = {};                              ///< why it failed; empty: it did not
  std::string result_sha256 = {};                      ///< equal for equal results
  std::vector<std::vector<MetricValue>> numbers = {};  ///< of each metric; none where it is not in the result
};

struct StudyColumn {
  std::string metric;  ///< as it was asked for
  std::string path;    ///< of this one number
  std::string element;
  ElementKind kind = ElementKind::kNone;
  std::size_t place = 0;
};

struct StudyTable {
  std::string name;
  std::vector<StudyAxis> axes;
  std::vector<StudyColumn> columns;
  std::vector<StudyPoint> points;
  std::vector<std::vector<double>> values;  ///< [point][column]; NaN: none
};

/// The columns are those of all points together: points whose results have other parts get empty cells.
[[nodiscard]] StudyTable make_study_table(const std::string& name, const std::vector<StudyAxis>& axes,
                                          const std::vector<std::string>& metrics, std::vector<StudyPoint> points);

/// The value of an axis as a reader wants it: texts without quotes.
[[nodiscard]] std::string value_text(const Json& value);

/// CSV with a header: "point", the keys of the axes, "status" (finished, failed), the paths, "error". Numbers have the
/// shortest text that reads back to the same double; a number that does not exist is empty.
[[nodiscard]] std::string study_csv(const StudyTable& table);

/// The same for HDF5, as float32: texts become their place in the axis from 0, which `units` of the column explains
/// ("0 = reweight, 1 = morph"), "failed" is 1 or 0, and numbers that do not exist are NaN.
[[nodiscard]] events::Events study_columns(const StudyTable& table);

}  // namespace eddy::report
