#pragma once

#include <eddy/base/options.hpp>

#include <functional>
#include <string>
#include <vector>

namespace eddy::python {

/// Reads options "section.key=value" (TOML values) into the settings that `describe` declares. Throws InputError as the
/// configuration reader does, without what it says of a command line.
void read_options(const std::vector<std::string>& options, const std::string& section,
                  const std::function<void(base::OptionVisitor&)>& describe);

}  // namespace eddy::python
