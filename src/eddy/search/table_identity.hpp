#pragma once
// Which table of which file a sample comes from: the same events must not teach and judge.

#include <eddy/search/input_record.hpp>

#include <string>

namespace eddy::search {

struct TableIdentity {
  std::string sha256;  ///< of the file
  std::string group;   ///< in the file; empty: the only one
};

/// The table that was read as `record` from `file` of a configuration in `folder`.
[[nodiscard]] TableIdentity table_identity(const InputRecord& record, const std::string& file,
                                           const std::string& folder);

/// Whether both are one table, however the paths to it are written. Without a group, a file holds one table.
[[nodiscard]] bool is_same_table(const TableIdentity& a, const TableIdentity& b);

}  // namespace eddy::search
