#pragma once

#include <eddy/events/events.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace eddy::search {

/// Derived columns of a configuration: name and expression.
using DerivedColumns = std::vector<std::pair<std::string, std::string>>;

/// Columns of a file.
struct ColumnsToRead {
  std::vector<std::string> names;
  std::vector<std::string> exact;  ///< those that expressions use, whose numbers must be kept as the file has them
};

/// The columns that must be read from a file so that all of `names` and `expressions` can be computed, derived columns
/// followed down to what they are made of. Throws InputError for expressions that do not parse and for columns that
/// depend on themselves.
[[nodiscard]] ColumnsToRead columns_to_read(const DerivedColumns& derived, const std::vector<std::string>& names,
                                            const std::vector<std::string>& expressions);

/// What ReadOptions::refusal needs: why a file must not have a column of some name, because a derived column that
/// `names` and `expressions` use would hide it, or because an expression that says this name means something else.
[[nodiscard]] std::function<std::string(const std::string& name)> refused_columns(
    const DerivedColumns& derived, const std::vector<std::string>& names, const std::vector<std::string>& expressions);

/// Adds the derived columns that `names` and `expressions` need to `events`, in an order that works; as float32 those
/// that no expression uses and `exact` does not name.
void add_derived_columns(const DerivedColumns& derived, const std::vector<std::string>& names,
                         const std::vector<std::string>& expressions, events::Events& events,
                         const std::vector<std::string>& exact = {});

}  // namespace eddy::search
