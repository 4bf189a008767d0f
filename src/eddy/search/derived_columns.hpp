#pragma once

#include <eddy/events/events.hpp>

#include <string>
#include <utility>
#include <vector>

namespace eddy::search {

/// Derived columns of a configuration: name and expression.
using DerivedColumns = std::vector<std::pair<std::string, std::string>>;

/// The columns that must be read from a file so that all of `names` and `expressions` can be computed, derived columns
/// followed down to what they are made of. Throws InputError for expressions that do not parse and for columns that
/// depend on themselves.
[[nodiscard]] std::vector<std::string> columns_to_read(const DerivedColumns& derived,
                                                       const std::vector<std::string>& names,
                                                       const std::vector<std::string>& expressions);

/// Adds the derived columns that `names` and `expressions` need to `events`, in an order that works.
void add_derived_columns(const DerivedColumns& derived, const std::vector<std::string>& names,
                         const std::vector<std::string>& expressions, events::Events& events);

}  // namespace eddy::search
