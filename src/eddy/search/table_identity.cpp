#include <eddy/search/file_location.hpp>
#include <eddy/search/table_identity.hpp>

namespace eddy::search {

TableIdentity table_identity(const InputRecord& record, const std::string& file, const std::string& folder) {
  return {record.sha256, locate(file, folder).group};
}

bool is_same_table(const TableIdentity& a, const TableIdentity& b) {
  return a.sha256 == b.sha256 && (a.group == b.group || a.group.empty() || b.group.empty());
}

}  // namespace eddy::search
