#pragma once
// No output replaces what it was made from.

#include <span>
#include <string>

namespace eddy::base {

/// Whether both names lead to one file: by any spelling, through symbolic and hard links. False where one of them leads
/// nowhere.
[[nodiscard]] bool is_same_file(const std::string& a, const std::string& b);

/// Whether `path` stands in `folder` or in a folder below it, by any spelling and through links.
[[nodiscard]] bool is_inside(const std::string& path, const std::string& folder);

/// Throws InputError that names both when writing `output` (a file, or a folder with all that is in it) would replace
/// one of the files `inputs`. `option` is what the user would change: "-o".
void require_not_an_input(const std::string& output, std::span<const std::string> inputs, const std::string& option);

}  // namespace eddy::base
