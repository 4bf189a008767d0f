#pragma once

#include <string>

namespace eddy::cli {

/// For CLI11: the complaint about a path that is none, as of a variable of the shell that is not set.
[[nodiscard]] std::string some_path(const std::string& text);

/// For CLI11: the complaint about a text that is empty.
[[nodiscard]] std::string some_text(const std::string& text);

/// For CLI11: the complaint about a text that is no number from 0 on, or nothing.
[[nodiscard]] std::string whole_number(const std::string& text);

}  // namespace eddy::cli
