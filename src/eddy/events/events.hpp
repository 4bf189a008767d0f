#pragma once

#include <eddy/base/matrix.hpp>
#include <eddy/events/column_values.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::events {

/// One named quantity, one value per event.
struct Column {
  std::string name;
  std::string unit;  ///< "GeV", "TeV" or empty
  ColumnValues values;
};

/// A table of equally long columns of numbers, one row per event. Truth labels, where a file has them, are a column
/// like any other: which column is the label is the configuration's business.
class Events {
 public:
  /// Number of events.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Names of the columns, in the order they were added.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] bool has(std::string_view name) const;

  /// The values of a column. Throws InputError that lists the columns there are (and the nearest name).
  [[nodiscard]] const ColumnValues& values(std::string_view name) const;
  /// The values of a column of float32; likewise. Asking so for a column of another type is our mistake (Error).
  [[nodiscard]] std::span<const float> column(std::string_view name) const;
  [[nodiscard]] const std::string& unit(std::string_view name) const;

  /// Adds a column; throws InputError when the name is taken or the length differs from the other columns'.
  void add(Column column);

  /// The events at `rows`, in that order, all columns.
  [[nodiscard]] Events take(std::span<const std::size_t> rows) const;

  /// The columns `names` side by side, as float32: shape (size(), names.size()).
  [[nodiscard]] base::Matrix matrix(std::span<const std::string> names) const;

 private:
  [[nodiscard]] const Column& find(std::string_view name) const;

  std::size_t size_ = 0;
  std::vector<Column> columns_;
  std::map<std::string, std::size_t, std::less<>> places_;  ///< of the names in columns_: pixels are columns, too
};

}  // namespace eddy::events
