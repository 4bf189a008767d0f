#pragma once
// Small Python values inside files: the dictionary in a .npy header and the pickled lists of column names in pandas
// tables.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::events {

/// A Python value made of texts, integers, booleans, None, tuples, lists and dictionaries.
struct PythonValue {
  enum class Kind { kNone, kBool, kInteger, kText, kSequence, kMapping };
  Kind kind = Kind::kNone;
  std::string text = {};                ///< kText as UTF-8; for numbers as written
  std::int64_t integer = 0;             ///< kInteger, kBool
  std::vector<PythonValue> items = {};  ///< kSequence: elements; kMapping: key, value, key, value, ...

  /// The value of `key` of a mapping, or nullptr.
  [[nodiscard]] const PythonValue* find(std::string_view key) const;
};

/// Reads a literal such as {'descr': '<f8', 'shape': (3, 4)}; nothing when `text` is not one.
[[nodiscard]] std::optional<PythonValue> parse_python_literal(std::string_view text);

/// Decodes a pickle of protocol 0 (the text protocol that PyTables uses for attributes) made of lists, tuples, texts
/// and numbers; nothing when `text` holds anything else. No code is ever run.
[[nodiscard]] std::optional<PythonValue> unpickle(std::string_view text);

}  // namespace eddy::events
