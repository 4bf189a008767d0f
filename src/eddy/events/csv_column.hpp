#pragma once
// Numbers of CSV files: what a field says, and the column that it is added to.

#include <eddy/events/column_values.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace eddy::events {

/// kMixed: an integer that no float64 holds, in a column that has decimals too.
enum class Parse { kOk, kNotANumber, kTooLarge, kMixed };

/// Whether a field is a number, however large.
[[nodiscard]] bool is_csv_number(std::string_view field);

/// The numbers of one column. An exact one is int64 as long as it holds integers, uint64 where they are larger, and
/// becomes float64 with the first decimal.
class CsvColumn {
 public:
  explicit CsvColumn(bool exact) : values_(exact ? NumberType::kInt64 : NumberType::kFloat32, 0) {}

  void reserve(std::size_t n);

  /// Adds the number of a field; nothing where it is none, or none that the column can hold beside the others.
  Parse add(std::string_view field);

  [[nodiscard]] ColumnValues take() { return std::move(values_); }
  [[nodiscard]] NumberType type() const { return values_.type(); }

 private:
  Parse add_other(std::string_view field);
  [[nodiscard]] bool fits_float64() const;
  template <ColumnNumber T>
  void convert_to();

  ColumnValues values_;
};

}  // namespace eddy::events
