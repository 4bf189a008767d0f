#pragma once
// [extrapolation] stage = "cr" or "sr" of earlier versions, and --stage, mean [search] blind = true or false: one
// switch for all families.

#include <toml++/toml.h>

#include <string>

namespace eddy::runs {

/// Throws InputError for a file that gives both, and not the same; `path` names it.
void require_one_switch(const toml::table& root, const std::string& path);

/// Writes the stage of `root`, where there is one, as [search] blind: what came before it there has no say any more.
/// Throws InputError, with its place, for a stage that is neither "cr" nor "sr".
void read_stage_as_blind(toml::table& root, const std::string& path);

}  // namespace eddy::runs
