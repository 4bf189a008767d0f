#pragma once

#include <eddy/search/config.hpp>

#include <string>
#include <vector>

namespace eddy::cli {

/// A configuration file as it was read, with every default filled in.
struct LoadedConfig {
  search::SearchConfig config;
  std::string folder;    ///< where its relative paths start
  std::string resolved;  ///< TOML text with all options, written into the run folder
};

/// Reads the TOML file `path` and the overrides "section.key=value". Throws InputError for anything that is not exactly right: syntax
/// (with line and column), unknown sections and keys (with the nearest known one), wrong types, values out of range.
[[nodiscard]] LoadedConfig load_config(const std::string& path, const std::vector<std::string>& overrides);

/// The reference page of all options, Markdown, from the same declarations.
[[nodiscard]] std::string option_reference();

}  // namespace eddy::cli
