#pragma once
// What the configuration of a run folder says as text, config.toml: which searches are the same, and what differs.

#include <string>
#include <vector>

namespace eddy::runs {

/// The lines of a configuration that what is found depends on, each with the section it stands in: "[flow] epochs =
/// 10". Not among them are null experiments and what is shown of selected events, which come on top of a search, and
/// whether its signal region is closed.
[[nodiscard]] std::vector<std::string> settings(const std::string& config);

/// Whether the signal region is closed: [search] blind, or the stage of earlier versions.
[[nodiscard]] bool is_blind_config(const std::string& config);

/// The first setting in which two configurations differ, for messages.
[[nodiscard]] std::string first_difference(const std::string& before, const std::string& now);

/// The settings that matter to numbers, with files by their names alone: those of config_sha256 but the name of the
/// search.
[[nodiscard]] std::vector<std::string> settings_that_matter(const std::string& config);

/// "[flow] epochs = 10, before: 20" for each of `now` that is another one among `before`, or not there, and for what is
/// there no more; both from settings_that_matter.
[[nodiscard]] std::vector<std::string> changed_settings(const std::vector<std::string>& before,
                                                        const std::vector<std::string>& now);

/// The configuration with files by their names alone, for those who do not have them: of the same config_sha256.
[[nodiscard]] std::string without_folders(const std::string& config);

/// How the hash was made: earlier versions counted the stage of extrapolations as a setting, the first one knew no
/// groups of files either.
enum class ConfigHash { kPresent, kWithStage, kWithoutGroups };
/// Equal for configurations with the same settings, wherever their files are kept, blind or not.
[[nodiscard]] std::string config_sha256(const std::string& config, ConfigHash kind = ConfigHash::kPresent);

}  // namespace eddy::runs
