#pragma once

#include <string>

namespace eddy::search {

/// A method of the configuration as its authors write it: "LaCATHODE" for "lacathode". A name that is not known stays
/// as it is.
[[nodiscard]] std::string method_title(const std::string& method);

}  // namespace eddy::search
