#pragma once
// Which table of which file a sample comes from: the same events must not teach and judge.

#include <eddy/search/input_record.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

struct TableIdentity {
  std::string sha256;               ///< of the file
  std::vector<std::string> behind;  ///< digests of the other files that hold values of the columns that were read
  std::string group;                ///< in the file; empty: the only one
};

/// The table that was read as `record` from `file` of a configuration in `folder`.
[[nodiscard]] TableIdentity table_identity(const InputRecord& record, const std::string& file,
                                           const std::string& folder);

/// Whether both are one table, however the paths to it are written, and whatever columns were read. Without a group, a
/// file holds one table. Equal files of links to others are one table where they lead to a file in common: both were
/// read with the features.
[[nodiscard]] bool is_same_table(const TableIdentity& a, const TableIdentity& b);

/// Whether all of the events at `rows` of table `a` are among the events at `other_rows` of table `b`, or conversely.
[[nodiscard]] bool is_part_of_the_other(const TableIdentity& a, std::vector<std::uint64_t> rows, const TableIdentity& b,
                                        std::vector<std::uint64_t> other_rows);

}  // namespace eddy::search
