#pragma once
// How deep a CBOR document (RFC 8949) is nested: for a look before a parser reads it that calls itself for each level,
// and so ends the program on 100 kB of opening brackets.

#include <cstddef>
#include <string_view>

namespace eddy::base {

/// Levels that no document of eddy has.
inline constexpr std::size_t kDeepestDocument = 64;

/// Whether arrays, maps, tags and strings in pieces are nested more than `levels` deep. Reads the first item, and ends
/// where the bytes are no CBOR: that is for the parser to say.
[[nodiscard]] bool is_cbor_deeper_than(std::string_view cbor, std::size_t levels);

}  // namespace eddy::base
