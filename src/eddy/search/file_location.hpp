#pragma once

#include <eddy/events/read.hpp>

#include <string>

namespace eddy::search {

/// The file (and group) that `text` of a configuration names: ${NAME} is replaced by environment variables, relative
/// paths start in `folder`. Throws InputError for a variable that is not set.
[[nodiscard]] events::Location locate(const std::string& text, const std::string& folder);

/// File name and group: with the checksum it identifies the events, and a result does not depend on where files are
/// kept.
[[nodiscard]] std::string short_name(const events::Location& location);

}  // namespace eddy::search
