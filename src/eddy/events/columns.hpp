#pragma once
// What all readers share: how columns are chosen by name, and how the choice is reported when it fails.

#include <eddy/events/read.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace eddy::events {

/// "'path'" or "'path:group'", for messages.
[[nodiscard]] std::string shown(const Location& location);

/// "a, b, c", cut after the first few dozen with the number left out.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

/// Positions in `available` of the columns that `options` want (all when they want none), in that order, each once.
/// Throws InputError that names the missing column, the nearest name and the columns there are, or a column that
/// `options` refuse; `not_numbers` are columns that exist but hold text.
[[nodiscard]] std::vector<std::size_t> choose_columns(const Location& location,
                                                      const std::vector<std::string>& available,
                                                      const ReadOptions& options,
                                                      const std::vector<std::string>& not_numbers = {});

/// How the column `name`, whose numbers are `stored` so in its file, is held: so if `options` keep it exact, else as
/// float32.
[[nodiscard]] NumberType held_type(NumberType stored, const std::string& name, const ReadOptions& options);

/// Names of the columns of a table that has names: those of `array_columns` where the file only counts its columns (one
/// of `names` is an integer), else its own. Throws InputError when there are more or fewer `array_columns`, and when a
/// file that has names would pass them over.
[[nodiscard]] std::vector<std::string> given_names(const Location& location, const std::vector<std::string>& names,
                                                   const std::vector<std::string>& array_columns);

/// Names of the `width` columns of an unnamed array: `array_columns`, or "0", "1", ... when none are given.
/// Throws InputError with both numbers when they differ.
[[nodiscard]] std::vector<std::string> array_column_names(const Location& location, std::size_t width,
                                                          const std::vector<std::string>& array_columns);

}  // namespace eddy::events
