#pragma once
// Reads the options of one section of a configuration from its TOML table.

#include <eddy/base/options.hpp>

#include <toml++/toml.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::runs {

/// What the source of a value that was given on the command line begins with.
inline constexpr std::string_view kFromCommandLine = "--set ";

/// Throws InputError where a key of the TOML `text` has so many names that its tables could not be handled; `where` is
/// the file or the option of the command line.
void require_shallow(std::string_view text, const std::string& where);

/// The document in a file. Throws IoError when it cannot be read, InputError with the place of what is not TOML.
[[nodiscard]] toml::table parse_file(const std::string& path);

/// Where a value stands: file and line, or the --set it came from.
[[nodiscard]] std::string place(const toml::node& node, const std::string& path);

/// "did you mean 'epochs'?", or what is known where nothing is near.
[[nodiscard]] std::string did_you_mean(const std::string& name, const std::vector<std::string>& known);

/// Sets the options that `describe` declares to what `table` says. `section` is its name in messages: "[flow]",
/// "[[prior]]". Throws InputError for unknown keys, wrong types and values out of range.
void read_options(const toml::table& table, const std::string& section, const std::string& path,
                  const std::function<void(base::OptionVisitor&)>& describe);

}  // namespace eddy::runs
