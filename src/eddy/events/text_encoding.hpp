#pragma once
// How letters are written in files.

#include <string>
#include <string_view>

namespace eddy::events {

/// Whether `start` is how a text in UTF-8 without control characters may begin: a sequence cut by its end may pass.
[[nodiscard]] bool is_text(std::string_view start);

/// Text in ISO 8859-1 as UTF-8.
[[nodiscard]] std::string from_latin1(std::string_view text);

}  // namespace eddy::events
