#include "options.hpp"

#include <eddy/base/error.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/toml_section.hpp>

#include <string_view>

namespace eddy::python {

void read_options(const std::vector<std::string>& options, const std::string& section,
                  const std::function<void(base::OptionVisitor&)>& describe) {
  try {
    runs::load_sections("", options, {{section, describe}});
  } catch (const base::InputError& error) {
    const std::string_view sentence = error.what();
    throw base::InputError(std::string(
        sentence.starts_with(runs::kFromCommandLine) ? sentence.substr(runs::kFromCommandLine.size()) : sentence));
  }
}

}  // namespace eddy::python
