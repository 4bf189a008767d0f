#include <eddy/search/file_location.hpp>
#include <eddy/search/table_identity.hpp>

#include <algorithm>

namespace eddy::search {

TableIdentity table_identity(const InputRecord& record, const std::string& file, const std::string& folder) {
  return {record.file_sha256, record.behind_sha256, locate(file, folder).group};
}

bool is_same_table(const TableIdentity& a, const TableIdentity& b) {
  const bool is_same_group = a.group == b.group || a.group.empty() || b.group.empty();
  const bool share_values =
      (a.behind.empty() && b.behind.empty()) || std::ranges::any_of(a.behind, [&](const std::string& digest) {
        return std::ranges::find(b.behind, digest) != b.behind.end();
      });
  return a.sha256 == b.sha256 && is_same_group && share_values;
}

bool is_part_of_the_other(const TableIdentity& a, std::vector<std::uint64_t> rows, const TableIdentity& b,
                          std::vector<std::uint64_t> other_rows) {
  if (!is_same_table(a, b) || rows.empty() || other_rows.empty()) {
    return false;
  }
  std::ranges::sort(rows);
  std::ranges::sort(other_rows);
  return std::ranges::includes(rows, other_rows) || std::ranges::includes(other_rows, rows);
}

}  // namespace eddy::search
