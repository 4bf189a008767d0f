#pragma once

#include <eddy/jets/settings.hpp>
#include <eddy/search/config.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace eddy::runs {

/// How every config.toml that eddy writes begins: one without it is somebody else's and never overwritten.
inline constexpr std::string_view kConfigMark = "# Written by eddy";

/// A configuration file as it was read, with every default filled in.
struct LoadedConfig {
  search::SearchConfig config;  ///< its files have absolute paths, but for those that begin with ${NAME}
  std::string folder;           ///< where its relative paths start
  std::string resolved;  ///< TOML text with all options, written into the run folder; a configuration like any other
};

/// Reads the TOML file `path` and the overrides "section.key=value". Throws InputError for anything that is not exactly
/// right: syntax (with line and column), unknown sections and keys (with the nearest known one), wrong types, values
/// out of range, an [inject] file without an amount.
[[nodiscard]] LoadedConfig load_config(const std::string& path, const std::vector<std::string>& overrides);
/// The same of what all points of a study share: an amount to inject may be missing, as points may set it.
[[nodiscard]] LoadedConfig load_base_config(const std::string& path, const std::vector<std::string>& overrides);

/// The files of events that a configuration names.
[[nodiscard]] std::vector<std::string> event_files(search::SearchConfig config);

/// Reads `sections`, and nothing but them, from the TOML file `path` (empty: no file) and the overrides
/// "section.key=value". Throws InputError as load_config does.
void load_sections(const std::string& path, const std::vector<std::string>& overrides,
                   const std::vector<search::SectionOptions>& sections);

/// The sections of `eddy features`. The visitors refer to `settings`.
[[nodiscard]] std::vector<search::SectionOptions> feature_sections(jets::FeatureSettings& settings);

}  // namespace eddy::runs
