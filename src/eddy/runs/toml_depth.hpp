#pragma once

#include <cstddef>
#include <string_view>

namespace eddy::runs {

/// Names that a key may be made of, "a.b.c": more than any configuration has, far less than would exhaust the stack
/// when the nested tables are destroyed. (Brackets and braces are limited by the parser itself.)
inline constexpr std::size_t kMostKeyParts = 32;

/// The line, from 1, where a TOML text has a dotted key of more than kMostKeyParts names; 0 where it has none. Strings
/// and comments do not count.
[[nodiscard]] std::size_t line_of_deep_key(std::string_view text);

}  // namespace eddy::runs
