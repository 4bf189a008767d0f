#pragma once
// What is fuzzed: one target for each thing that eddy parses.

#include <cstdint>
#include <ostream>
#include <span>
#include <string_view>

namespace eddy::fuzz {

using Bytes = std::span<const std::uint8_t>;

[[nodiscard]] inline std::string_view text_of(Bytes input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

/// How an input is changed: byte by byte, or value by value of the JSON document that it holds (as text or CBOR), since
/// hardly any text that lost a byte is JSON still.
enum class Shape { kBytes, kJsonText, kCbor };

/// One parser. `run` parses `input`, and uses what came out of it as eddy does; what eddy throws on purpose
/// (base::Error) is swallowed, anything else is a finding.
struct Target {
  const char* name;  ///< also the folder of its corpus, tests/fuzz/corpus/<name>
  void (*run)(Bytes input);
  Shape shape = Shape::kBytes;
};

/// GoogleTest shows a target by its name, not by its bytes, which differ from run to run.
inline void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

/// The targets of this program; each program has its own table.
[[nodiscard]] std::span<const Target> targets();

}  // namespace eddy::fuzz
